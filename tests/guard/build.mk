# Programs in which calls are cut, jumped over, nested and raced; tests/guard/test_*.py run them under the guard.

GUARD_SCENES = jumped ended nested nested_jumps interrupted threads cancelled crowd children closing by_number waits spoken
GUARD_THROW = throw
GUARD_PROGRAMS = $(GUARD_SCENES:%=$(BUILD)/guard/%)
TEST_PROGRAMS += $(GUARD_PROGRAMS) $(BUILD)/guard/tell $(BUILD)/guard/tell-static

guard-programs: $(GUARD_PROGRAMS) $(BUILD)/guard/liblate_close.so $(BUILD)/guard/classified
.PHONY: guard-programs

# What the programs bring along instead of having it preloaded: nothing, but see tests/sanitizers/build.mk.
GUARD_SHIM =
GUARD_LDFLAGS =

GUARD_CFLAGS = -std=c11 -D_GNU_SOURCE -fexceptions $(WARNINGS) -MMD -MP

$(BUILD)/guard/%.o: tests/guard/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(GUARD_CFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/guard/%.o: tests/guard/%.cc
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(CXX) -fnon-call-exceptions $(WARNINGS) -MMD -MP $(CFLAGS) -c -o $@ $<

$(GUARD_PROGRAMS): $(BUILD)/guard/%: $(BUILD)/guard/%.o $(BUILD)/guard/scene.o $(BUILD)/guard/play.o \
	$(BUILD)/guard/$(GUARD_THROW).o $(GUARD_SHIM)
	@echo "  LINK $@"
	@$(CXX) $(CFLAGS) -o $@ $(GUARD_LDFLAGS) -Wl,--whole-archive $(filter %.o %.a,$^) -Wl,--no-whole-archive -pthread

$(BUILD)/guard/tell $(BUILD)/guard/tell-static: $(BUILD)/guard/tell%: $(BUILD)/guard/tell.o
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) $* -o $@ $<

TEST_PROGRAMS += $(BUILD)/guard/liblate_close.so $(BUILD)/guard/classified

$(BUILD)/guard/classified: $(BUILD)/guard/classified.o $(BUILD)/guard/scene.o $(BUILD)/libpoisonshim.a
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $(filter %.o,$^) -Wl,--whole-archive $(filter %.a,$^) -Wl,--no-whole-archive -pthread

$(BUILD)/guard/lib%.so: tests/guard/%.c
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(GUARD_CFLAGS) $(CFLAGS) -fPIC -shared -o $@ $<

-include $(wildcard $(BUILD)/guard/*.d)
