# Configuration and rules, in a library that shows what was read (driver.c).

CONFIG_TEST_SOURCES = tests/config/driver.c shim/parse.c shim/line.c shim/line_errno.c shim/real.c \
	$(wildcard shim/config*.c shim/rules*.c shim/match*.c shim/framing/*.c)

TEST_PROGRAMS += $(BUILD)/libconfig_test.so

$(BUILD)/libconfig_test.so: $(CONFIG_TEST_SOURCES) $(wildcard shim/*.h shim/framing/*.h)
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -fPIC -shared -Wl,-Bsymbolic $(WARNINGS) $(CFLAGS) -o $@ $(CONFIG_TEST_SOURCES) \
		$(LDFLAGS)
