# The log, in a library with a clock and a write call that tests control (driver.c).

REPORT_TEST_SOURCES = tests/report/driver.c shim/line.c shim/line_errno.c shim/path.c shim/quiet.c shim/real.c \
	$(wildcard shim/report*.c)

TEST_PROGRAMS += $(BUILD)/libreport_test.so

$(BUILD)/libreport_test.so: $(REPORT_TEST_SOURCES) $(wildcard shim/*.h)
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -fPIC -shared -Wl,-Bsymbolic $(LARGE) $(WARNINGS) $(CFLAGS) \
		-DSINK_SYSLOG_PATH='"syslog.sock"' -o $@ $(REPORT_TEST_SOURCES) $(LDFLAGS)
