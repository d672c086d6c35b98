# Closes sockets at exit, under the shim.

TEST_PROGRAMS += $(BUILD)/libcloseatexit.so

$(BUILD)/libcloseatexit.so: tests/conversations/close_at_exit.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -fPIC -shared $(WARNINGS) $(CFLAGS) -o $@ $<
