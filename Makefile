# make            build/libpoisonshim.so, build/poisonframe, build/poisonstat, build/poisonexec
# make install    what was built, its manuals and pkg-config file, below PREFIX (/usr/local); make uninstall
# make deb        a Debian package, in build/deb
# make demo       the fault and the guard, side by side
# make check      every test; needs scripts/install-deps once (it runs it)
# make bench      cost, side by side with a forwarding shim and other preloads, and in whole programs; installs them
# make bench-scale  cost against fds, threads, bytes, frames; fork, exec, short writes
# make lint tidy  clang-format, cppcheck, shellcheck, mandoc; clang-tidy
# make machines   other compilers, libcs and processors, emulated where need be: long
# make sanitize   threads and signals under the thread, address and undefined-behaviour sanitizers and valgrind
# make matrix-long  the cut matrix with more seeds, and over TCP
# make model-long   the models of threads with wider bounds
# make fdtable-long  ten million random calls on a few fd numbers, against a model
# make mutate-doors  takes the hooks out one by one; a test must see each

CC ?= gcc
CFLAGS ?= -O2 -g
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
SHIM_CFLAGS = -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -fno-semantic-interposition -fno-plt -ftls-model=initial-exec \
	-fasynchronous-unwind-tables $(WARNINGS) -MMD -MP
# initfirst: other libraries' constructors and the program's preinit_array write too (init.c).
SHIM_LDFLAGS = -shared -Wl,-soname,libpoisonshim.so -Wl,-z,now -Wl,-z,initfirst -Wl,-z,relro -Wl,-z,defs -Wl,-z,nodelete \
	-Wl,--version-script=shim/exports.map

BUILD ?= build
CORE = $(wildcard shim/*.c shim/framing/*.c)
HOOKS = $(wildcard shim/hooks/*.c)
CORE_OBJECTS = $(CORE:%.c=$(BUILD)/%.o)
HOOK_OBJECTS = $(HOOKS:%.c=$(BUILD)/%.o)

# On 32 bit machines: files beyond 2 GiB, times beyond 2038. Not for the hooks: there it would change their names.
LARGE = -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
$(CORE_OBJECTS): SHIM_CFLAGS += $(LARGE)
# The hooks have the names that it puts inline functions on; some distributions switch it on by default.
$(HOOK_OBJECTS): override CPPFLAGS += -U_FORTIFY_SOURCE

TOOLS = $(wildcard shim/tools/*.c)
TOOL_OBJECTS = $(TOOLS:%.c=$(BUILD)/%.o)
STAT_OBJECTS = $(filter %/poisonstat.o $(BUILD)/shim/tools/stat_%.o,$(TOOL_OBJECTS))
FRAME_OBJECTS = $(filter-out $(STAT_OBJECTS),$(TOOL_OBJECTS))
$(STAT_OBJECTS): SHIM_CFLAGS += $(LARGE)
LAUNCH = $(wildcard shim/launch/*.c)
LAUNCH_OBJECTS = $(LAUNCH:%.c=$(BUILD)/%.o)

# The launcher looks at files of any size.
$(LAUNCH_OBJECTS): SHIM_CFLAGS += $(LARGE)

all: $(BUILD)/libpoisonshim.so $(BUILD)/poisonframe $(BUILD)/poisonstat $(BUILD)/poisonexec

$(BUILD)/libpoisonshim.so: $(CORE_OBJECTS) $(HOOK_OBJECTS) shim/exports.map
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) $(SHIM_LDFLAGS) -o $@ $(CORE_OBJECTS) $(HOOK_OBJECTS) $(LDFLAGS)

# Everything below the hooks, for unit tests and sanitizers without a preload.
$(BUILD)/libpoisonshim.a: $(CORE_OBJECTS)
	@echo "  AR   $@"
	@rm -f $@
	@$(AR) rcs $@ $(CORE_OBJECTS)

$(BUILD)/poisonframe: $(FRAME_OBJECTS) $(BUILD)/libpoisonshim.a
$(BUILD)/poisonstat: $(STAT_OBJECTS) $(BUILD)/libpoisonshim.a
$(BUILD)/poisonframe $(BUILD)/poisonstat:
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ $(LDFLAGS)

# scripts/poisonrun starts it.
$(BUILD)/poisonexec: $(LAUNCH_OBJECTS) $(BUILD)/libpoisonshim.a
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ $(LDFLAGS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(SHIM_CFLAGS) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<

# Programs and libraries that the tests preload, run or load; each area of tests adds its own.
TEST_PROGRAMS =
-include $(wildcard tests/*/build.mk)
-include $(wildcard scripts/*.mk)

# One more than CI has processors: programs wait for each other.
PYTEST = /usr/bin/python3 -m pytest -q -p no:cacheprovider -n 3 --timeout 300
# Not POISONSHIM_*: the shim refuses names of that kind that it does not know.
export SHIM_BUILD = $(abspath $(BUILD))

deps:
	@scripts/install-deps

# Compiles, and links nothing.
objects: $(CORE_OBJECTS) $(HOOK_OBJECTS)

test-programs: all $(BUILD)/libpoisonshim.a $(TEST_PROGRAMS)

check: deps
	$(MAKE) -j2 test-programs
	$(MAKE) -j2 lint tidy
	scripts/machines --quick clang musl i386 aarch64-objects
	$(PYTEST) tests
	$(MAKE) -j2 --output-sync=line outside sanitize-quick

# Neither fills two cores. What these tests make for themselves is not a part of this make.
outside:
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL bats tests/outside

machines: deps
	scripts/machines

SOURCES = $(wildcard shim/*.[ch] shim/*/*.[ch] tests/*/*.[ch])
lint:
	clang-format --dry-run --Werror $(SOURCES)
	cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
		--suppress=unknownMacro -D__GNUC__ -D_GNU_SOURCE shim
	shellcheck $$(grep -lE '^#!.*(sh|bash)$$' -r scripts .ci)
	shellcheck -s bash scripts/completions/bash/*
	mandoc -T lint -W warning $(wildcard shim/*.[37]) scripts/*.1

tidy:
	@printf '%s\n' $(CORE) $(HOOKS) $(TOOLS) $(LAUNCH) | xargs -P 2 -n 8 sh -c 'clang-tidy --quiet "$$@" -- -std=c11 -D_GNU_SOURCE 2>/dev/null' tidy

clean:
	rm -rf $(BUILD)

.PHONY: all deps objects test-programs check outside machines lint tidy clean
.DEFAULT_GOAL = all

-include $(CORE_OBJECTS:.o=.d) $(HOOK_OBJECTS:.o=.d) $(TOOL_OBJECTS:.o=.d) $(LAUNCH_OBJECTS:.o=.d)
