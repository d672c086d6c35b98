# A game on a few fd numbers, and a model that knows how it must end.

FDTABLE_OBJECTS = $(patsubst tests/%.c,$(BUILD)/%.o,$(wildcard tests/fdtable/*.c))
TEST_PROGRAMS += $(BUILD)/fdtable/fdmodel

$(BUILD)/fdtable/%.o: tests/fdtable/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -MMD -MP $(CFLAGS) -c -o $@ $<

$(BUILD)/fdtable/fdmodel: $(FDTABLE_OBJECTS)
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ -ldl

# Ten million calls, with a word every ten seconds; another game with FDTABLE_SEED=2, 3, ...
FDTABLE_SEED = 1
FDTABLE_STEPS = 10000000

fdtable-long: test-programs
	POISONSHIM_LOG=off POISONSHIM_FRAMING=call LD_PRELOAD=$(abspath $(BUILD))/libpoisonshim.so \
		$(BUILD)/fdtable/fdmodel $(FDTABLE_SEED) $(FDTABLE_STEPS) 10

.PHONY: fdtable-long

-include $(FDTABLE_OBJECTS:.o=.d)
