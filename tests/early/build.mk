# Code that runs before the guard is up, other allocators, and programs in a sandbox.

EARLY_SCENES = jumped ended cancelled children threads nested
EARLY_PROGRAMS = $(BUILD)/early/sandboxed $(BUILD)/early/denied $(BUILD)/early/nothing $(BUILD)/early/after \
	$(BUILD)/early/libbefore.so $(EARLY_SCENES:%=$(BUILD)/early/lib%.so) $(EARLY_SCENES:%=$(BUILD)/early/preinit-%)
TEST_PROGRAMS += $(EARLY_PROGRAMS)

$(BUILD)/early/%.o: tests/early/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(GUARD_CFLAGS) -fPIC $(CFLAGS) -c -o $@ $<

$(BUILD)/early/sandboxed $(BUILD)/early/denied: $(BUILD)/early/%: $(BUILD)/early/%.o $(BUILD)/early/filter.o \
		$(BUILD)/guard/scene.o $(BUILD)/guard/play.o
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ -lseccomp -pthread

$(BUILD)/early/nothing: $(BUILD)/early/nothing.o
	@$(CC) $(CFLAGS) -o $@ $^

# The scenes of tests/guard again, as code that something else than main calls.
$(BUILD)/early/guard/%.o: tests/guard/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(GUARD_CFLAGS) -fPIC -Dmain=scene_main $(CFLAGS) -c -o $@ $<

$(BUILD)/early/guard/%.o: tests/guard/%.cc
	@mkdir -p $(@D)
	@echo "  CXX  $<"
	@$(CXX) -fnon-call-exceptions -fPIC $(WARNINGS) -MMD -MP $(CFLAGS) -c -o $@ $<

EARLY_GUARD_OBJECTS = $(BUILD)/early/guard/scene.o $(BUILD)/early/guard/play.o $(BUILD)/early/guard/throw.o

$(EARLY_SCENES:%=$(BUILD)/early/lib%.so): $(BUILD)/early/lib%.so: $(BUILD)/early/guard/%.o $(BUILD)/early/constructor.o \
		$(EARLY_GUARD_OBJECTS)
	@echo "  LINK $@"
	@$(CXX) $(CFLAGS) -shared -o $@ $^ -pthread

$(EARLY_SCENES:%=$(BUILD)/early/preinit-%): $(BUILD)/early/preinit-%: $(BUILD)/early/guard/%.o $(BUILD)/early/preinit.o \
		$(EARLY_GUARD_OBJECTS)
	@echo "  LINK $@"
	@$(CXX) $(CFLAGS) -o $@ $^ -pthread

# It takes being first from whoever was loaded before it.
$(BUILD)/early/libbefore.so: $(BUILD)/early/before.o $(BUILD)/early/guard/scene.o
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -shared -Wl,-soname,libbefore.so -Wl,-z,initfirst -o $@ $^ -pthread

$(BUILD)/early/after: $(BUILD)/early/after.o $(BUILD)/guard/play.o $(BUILD)/early/libbefore.so
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ -Wl,-rpath,'$$ORIGIN' -pthread

-include $(wildcard $(BUILD)/early/*.d $(BUILD)/early/guard/*.d)
