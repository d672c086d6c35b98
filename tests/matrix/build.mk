# The fault layer under the shim, a program without memory, the matrix in C, and the numbers of system calls.

TEST_PROGRAMS += $(BUILD)/libfault.so $(BUILD)/no-memory $(BUILD)/cuts $(BUILD)/syscall-numbers

$(BUILD)/libfault.so: tests/matrix/fault.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -fPIC -shared -Wl,-Bsymbolic-functions $(WARNINGS) $(CFLAGS) -o $@ $< -ldl

$(BUILD)/no-memory: tests/matrix/no_memory.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -o $@ $<

$(BUILD)/cuts: tests/matrix/cuts.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -o $@ $< -ldl

$(BUILD)/syscall-numbers: scripts/syscall-numbers
	@mkdir -p $(@D)
	@scripts/syscall-numbers $(CC) >$@

# More seeds, and the whole matrix over TCP too: minutes, not seconds.
matrix-long: test-programs
	POISONSHIM_MATRIX_SEEDS=6 POISONSHIM_MATRIX_TCP=all $(PYTEST) tests/matrix

.PHONY: matrix-long
