# Minutes: every door taken out once, see scripts/mutate-doors. DOORS="write syscall:close": only these.
mutate-doors: test-programs
	@SHIM_OBJECTS='$(CORE_OBJECTS) $(HOOK_OBJECTS)' SHIM_COMPILE='$(CC) $(SHIM_CFLAGS) $(CFLAGS) $(CPPFLAGS)' \
		SHIM_LINK='$(CC) $(CFLAGS) $(SHIM_LDFLAGS) $(LDFLAGS)' DOORS='$(DOORS)' scripts/mutate-doors

.PHONY: mutate-doors
