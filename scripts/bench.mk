# BENCH_FLAGS: --only SECTION, --rounds N, --json, --markdown, --annotate FRAMING; see scripts/bench --help.
BENCH = CC='$(CC)' CFLAGS='$(CFLAGS)' scripts/bench
BENCH_NEEDS += $(BUILD)/libpoisonshim.so $(BUILD)/libforward.so $(BUILD)/bench $(BUILD)/frames

# Everything, in less than eight minutes.
bench: bench-deps $(BENCH_NEEDS)
	@$(BENCH) $(BENCH_FLAGS)

# As things grow, in less than five.
bench-scale: bench-deps $(BENCH_NEEDS)
	@$(BENCH)-scale $(BENCH_FLAGS)

# What does not depend on how busy the machine is.
bench-instructions: $(BENCH_NEEDS)
	@$(BENCH) --only instructions $(BENCH_FLAGS)

# What is compared, and what compares. Without one of them the others are measured.
bench-deps:
	@scripts/install-deps $$(cat scripts/packages-bench) || echo "bench: going on without them" >&2

.PHONY: bench bench-scale bench-instructions bench-deps
