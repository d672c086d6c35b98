.PHONY: demo demo-redis

demo demo-redis: $(BUILD)/libpoisonshim.so
	@POISONSHIM_LIBRARY="$<" scripts/$@
