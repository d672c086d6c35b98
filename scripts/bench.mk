# BENCH_FLAGS: --rounds N, --json, --annotate FRAMING; see scripts/bench --help.
BENCH = CC='$(CC)' CFLAGS='$(CFLAGS)' scripts/bench $(BENCH_FLAGS)
BENCH_NEEDS += $(BUILD)/libpoisonshim.so $(BUILD)/libforward.so $(BUILD)/bench

# Everything, in a minute or two.
bench: $(BENCH_NEEDS)
	@$(BENCH)

# What does not depend on how busy the machine is.
bench-instructions: $(BENCH_NEEDS)
	@$(BENCH) --instructions

.PHONY: bench bench-instructions
