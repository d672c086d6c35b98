# Programs that go through doors which Python does not have, and libraries to put below the guard.

DOORS_SCENES = stdio stdio_answers threads jumps numbers pipes processes
DOORS_PROGRAMS = $(DOORS_SCENES:%=$(BUILD)/doors/%)
DOORS_LIBRARIES = $(patsubst %,$(BUILD)/doors/lib%.so,faketls own_stdio noquestions)
TEST_PROGRAMS += $(DOORS_PROGRAMS) $(DOORS_LIBRARIES)

$(BUILD)/doors/%.o: tests/doors/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(GUARD_CFLAGS) $(CFLAGS) -c -o $@ $<

$(DOORS_PROGRAMS): $(BUILD)/doors/%: $(BUILD)/doors/%.o $(BUILD)/guard/scene.o $(BUILD)/guard/play.o
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ -pthread

$(BUILD)/doors/stdio: $(BUILD)/doors/stdio_puts.o

$(DOORS_LIBRARIES): $(BUILD)/doors/lib%.so: tests/doors/%.c
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) -std=c11 -D_GNU_SOURCE -fPIC -shared $(WARNINGS) $(CFLAGS) -o $@ $<

-include $(wildcard $(BUILD)/doors/*.d)
