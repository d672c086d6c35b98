# libFuzzer needs clang; gcc has nothing like it.
TEST_PROGRAMS += $(BUILD)/fuzz/framing

FUZZ_SOURCES = tests/fuzz/framing.c tests/framing/invariants.c shim/parse.c $(wildcard shim/rules*.c shim/match*.c \
	shim/framing/*.c)

$(BUILD)/fuzz/framing: $(FUZZ_SOURCES) $(wildcard shim/*.h shim/framing/*.h tests/framing/*.h)
	@mkdir -p $(@D)
	@echo "  FUZZ $@"
	@clang -std=c11 -D_GNU_SOURCE $(WARNINGS) -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
		-fsanitize=fuzzer,address,undefined -o $@ $(FUZZ_SOURCES)

# An hour, shared out over all framings. FUZZ_SECONDS=600: ten minutes.
FUZZ_SECONDS = 3600

fuzz-long: test-programs
	SHIM_FUZZ_SECONDS=$(FUZZ_SECONDS) $(PYTEST) --timeout 0 tests/fuzz

# Keeps what reaches more code than what is in tests/fuzz/corpus.
fuzz-merge: test-programs
	@PYTHONPATH=tests /usr/bin/python3 -m fuzz.corpus

.PHONY: fuzz-long fuzz-merge
