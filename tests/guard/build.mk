# Programs in which calls are cut, jumped over, nested and raced; tests/guard/test_*.py run them under the guard.

GUARD_SCENES = jumped ended nested nested_jumps interrupted threads cancelled crowd children waits
GUARD_PROGRAMS = $(GUARD_SCENES:%=$(BUILD)/guard/%)
TEST_PROGRAMS += $(GUARD_PROGRAMS) $(BUILD)/guard/tell $(BUILD)/guard/tell-static

GUARD_CFLAGS = -std=c11 -D_GNU_SOURCE -fexceptions $(WARNINGS) -MMD -MP

$(BUILD)/guard/%.o: tests/guard/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(GUARD_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/guard/%.o: tests/guard/%.cc
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(CXX) -fnon-call-exceptions $(WARNINGS) -MMD -MP $(CFLAGS) -c -o $@ $<

$(GUARD_PROGRAMS): $(BUILD)/guard/%: $(BUILD)/guard/%.o $(BUILD)/guard/scene.o $(BUILD)/guard/play.o $(BUILD)/guard/throw.o
	@echo "  LINK $@"
	@$(CXX) $(CFLAGS) -o $@ $^ -pthread

$(BUILD)/guard/tell $(BUILD)/guard/tell-static: $(BUILD)/guard/tell%: $(BUILD)/guard/tell.o
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) $* -o $@ $<

-include $(wildcard $(BUILD)/guard/*.d)
