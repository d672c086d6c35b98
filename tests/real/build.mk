# Makes send buffers small, under the shim.

TEST_PROGRAMS += $(BUILD)/libsmallsendbuffer.so

$(BUILD)/libsmallsendbuffer.so: tests/real/small_send_buffer.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -fPIC -shared $(WARNINGS) $(CFLAGS) -o $@ $< -ldl
