# libFuzzer needs clang; gcc has nothing like it.
FUZZERS = $(BUILD)/fuzz/framing $(BUILD)/fuzz/rules
TEST_PROGRAMS += $(FUZZERS)

FUZZ_SOURCES = tests/fuzz/limits.c tests/framing/invariants.c shim/parse.c $(wildcard shim/rules*.c shim/match*.c \
	shim/framing/*.c)
FUZZ_HEADERS = $(wildcard shim/*.h shim/framing/*.h tests/framing/*.h tests/fuzz/*.h)

$(FUZZERS): $(BUILD)/fuzz/%: tests/fuzz/%.c $(FUZZ_SOURCES) $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	@echo "  FUZZ $@"
	@clang -std=c11 -D_GNU_SOURCE $(WARNINGS) -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
		-fsanitize=fuzzer,address,undefined -fsanitize-coverage=trace-loads -Wl,--wrap=memchr -o $@ $(filter %.c,$^)

# An hour, shared out over all targets. FUZZ_SECONDS=600: ten minutes.
FUZZ_SECONDS = 3600

fuzz-long: test-programs
	SHIM_FUZZ_SECONDS=$(FUZZ_SECONDS) $(PYTEST) --timeout 0 tests/fuzz

# Keeps what reaches more code than what is in tests/fuzz/corpus. FUZZ_TARGETS="mysql auto": only these.
fuzz-merge: test-programs
	@PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m fuzz.corpus $(FUZZ_TARGETS)

.PHONY: fuzz-long fuzz-merge
