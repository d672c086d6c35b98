# make sanitize        the tests of threads and signals under the sanitizers and valgrind, the parts of the shim
#                      under the address and undefined-behaviour sanitizers
# make sanitize-quick  what make check runs of it

SANITIZED = $(BUILD)/sanitizers
SANITIZER_CFLAGS = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all

# $(1) the build's name, $(2) the sanitizers, $(3) what else the scenes are linked with, $(4) what to build. With gcc
# the runtimes are shared libraries, so that the hooks' dlsym(RTLD_NEXT) finds the sanitizer's functions; clang's are
# not. The hooks are not exported: the runtimes would call them before they can run instrumented code.
build_sanitized = $(MAKE) BUILD=$(SANITIZED)/$(1) CC=gcc CXX=g++ CFLAGS='$(SANITIZER_CFLAGS) -fsanitize=$(2)' \
	GUARD_SHIM='$$(HOOK_OBJECTS) $$(BUILD)/libpoisonshim.a $(3)' \
	GUARD_LDFLAGS='-Wl,--version-script=$$(BUILD)/hidden.map' $(4)

sanitized-thread:
	+$(call build_sanitized,thread,thread,,sanitized-scenes)

sanitized-address:
	+$(call build_sanitized,address,address$(comma)undefined,$$(BUILD)/tests/sanitizers/unmark.o,\
		sanitized-scenes sanitized-parts)

comma = ,
$(BUILD)/hidden.map: shim/exports.map
	@mkdir -p $(@D)
	@sed -e '/local:/,/\*;/d' -e 's/global:/local:/' $< >$@

sanitized-scenes: $(BUILD)/libpoisonshim.so $(GUARD_PROGRAMS) $(BUILD)/guard/classified
ifneq ($(GUARD_LDFLAGS),)
$(GUARD_PROGRAMS): $(BUILD)/hidden.map
endif
sanitized-parts: $(BUILD)/libframing_test.so $(BUILD)/libconfig_test.so $(BUILD)/libreport_test.so $(BUILD)/framing_fuzz

WATCHED_TESTS = $(addprefix tests/guard/test_,threads.py nested.py no_return.py children.py)
# Of the write functions it takes one: all of them would take it a quarter of an hour.
MEMCHECK_CHOICE = -k 'not cold and not -writev and not -send and not unseen'
MEMCHECK_QUICK = -k 'perl-call or python-call or messages_of_many_threads_stay_whole-warm'
PARTS_TESTS = tests/framing tests/config tests/report

# $(1) what watches, $(2) the build, $(3) for pytest
watched = SHIM_CHECKER=$(1) SHIM_BUILD=$(abspath $(2)) SHIM_LIBRARY=$(abspath $(2))/libpoisonshim.so $(PYTEST) $(3)

# The parts run in an ordinary python, which needs the sanitizers' libraries first.
RUNTIMES = $(shell gcc -print-file-name=libasan.so) $(shell gcc -print-file-name=libubsan.so)

sanitize: all test-programs sanitized-thread sanitized-address
	$(call watched,thread,$(SANITIZED)/thread,$(WATCHED_TESTS))
	$(call watched,address,$(SANITIZED)/address,$(WATCHED_TESTS))
	ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD='$(RUNTIMES)' $(call watched,,$(SANITIZED)/address,$(PARTS_TESTS))
	$(call watched,memcheck,$(BUILD),$(MEMCHECK_CHOICE) $(WATCHED_TESTS) tests/sanitizers)

sanitize-quick: all test-programs sanitized-thread sanitized-address
	$(call watched,thread,$(SANITIZED)/thread,tests/guard/test_threads.py)
	$(call watched,address,$(SANITIZED)/address,tests/guard/test_threads.py tests/guard/test_nested.py)
	$(call watched,memcheck,$(BUILD),$(MEMCHECK_QUICK) tests/guard/test_threads.py tests/sanitizers)

.PHONY: sanitized-thread sanitized-address sanitized-scenes sanitized-parts sanitize sanitize-quick
