# Framing alone: a library for ctypes, and a fuzzer with the sanitizers.

FRAMING_SOURCES = shim/parse.c $(wildcard shim/framing/*.c)
FRAMING_HEADERS = shim/parse.h $(wildcard shim/framing/*.h)
FUZZ_SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all
FRAMING_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS)

TEST_PROGRAMS += $(BUILD)/libframing_test.so $(BUILD)/framing_fuzz

$(BUILD)/libframing_test.so: tests/framing/driver.c $(FRAMING_SOURCES) $(FRAMING_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(FRAMING_CFLAGS) -fPIC -shared -Wl,-Bsymbolic -o $@ $(filter %.c,$^) $(LDFLAGS)

$(BUILD)/framing_fuzz: tests/framing/fuzz.c tests/framing/invariants.c $(FRAMING_SOURCES) $(FRAMING_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(FRAMING_CFLAGS) $(FUZZ_SANITIZERS) -o $@ $(filter %.c,$^) $(LDFLAGS)
