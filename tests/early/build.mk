# Code that runs before the guard is up, other allocators, and programs in a sandbox.

EARLY_PROGRAMS = $(BUILD)/early/sandboxed $(BUILD)/early/denied
TEST_PROGRAMS += $(EARLY_PROGRAMS)

$(BUILD)/early/%.o: tests/early/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(GUARD_CFLAGS) $(CFLAGS) -c -o $@ $<

$(EARLY_PROGRAMS): $(BUILD)/early/%: $(BUILD)/early/%.o $(BUILD)/early/filter.o $(BUILD)/guard/scene.o $(BUILD)/guard/play.o
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ -lseccomp -pthread

-include $(wildcard $(BUILD)/early/*.d)
