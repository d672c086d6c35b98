# What a file system and a kernel of another kind would answer.

TEST_PROGRAMS += $(BUILD)/stats/librefuse.so

$(BUILD)/stats/librefuse.so: tests/stats/refuse.c
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -fPIC -shared -o $@ $< -ldl
