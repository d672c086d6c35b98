# The fault layer under the shim, a program without memory, and the matrix in C.

TEST_PROGRAMS += $(BUILD)/libfault.so $(BUILD)/no-memory $(BUILD)/cuts

$(BUILD)/libfault.so: tests/matrix/fault.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -fPIC -shared $(WARNINGS) $(CFLAGS) -o $@ $< -ldl

$(BUILD)/no-memory: tests/matrix/no_memory.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -o $@ $<

$(BUILD)/cuts: tests/matrix/cuts.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -o $@ $< -ldl

# More seeds, and the whole matrix over TCP too: minutes, not seconds.
matrix-long: test-programs
	POISONSHIM_MATRIX_SEEDS=6 POISONSHIM_MATRIX_TCP=all $(PYTEST) tests/matrix

.PHONY: matrix-long
