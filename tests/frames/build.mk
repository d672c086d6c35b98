# What the framings cost on many small frames in one write.
TEST_PROGRAMS += $(BUILD)/frames
BENCH_NEEDS += $(BUILD)/frames

$(BUILD)/frames: tests/frames/frames.c $(BUILD)/libpoisonshim.a
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -o $@ $^
