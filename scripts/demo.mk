.PHONY: demo demo-redis

demo demo-redis: $(BUILD)/libpoisonshim.so
	@SHIM_LIBRARY="$<" scripts/$@
