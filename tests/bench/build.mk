# What `make bench` and test_cost.py measure with.
BENCH_SOURCES = $(wildcard tests/bench/*.c)
BENCH_OBJECTS = $(BENCH_SOURCES:%.c=$(BUILD)/%.o)

TEST_PROGRAMS += $(BUILD)/bench $(BUILD)/libforward.so $(BUILD)/libmanyfds.so

# Compiled and linked as the shim is, so that only what it does is different.
$(BUILD)/libforward.so: $(BUILD)/tests/bench/forward.o
	$(CC) $(CFLAGS) -shared -Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,--version-script=shim/exports.map -o $@ $< $(LDFLAGS)

# They call libc by the names that the core does.
$(BUILD)/tests/bench/manyfds.o $(BUILD)/tests/bench/process.o: SHIM_CFLAGS += $(LARGE)
$(BUILD)/tests/bench/manyfds.o: SHIM_CFLAGS += -fvisibility=default

$(BUILD)/libmanyfds.so: $(BUILD)/tests/bench/manyfds.o
	$(CC) $(CFLAGS) -shared -Wl,-z,defs -o $@ $< $(LDFLAGS)

# -z now: no write counts the resolving of its own name.
$(BUILD)/bench: $(filter-out %/forward.o %/manyfds.o,$(BENCH_OBJECTS))
	$(CC) $(CFLAGS) -Wl,-z,now -o $@ $^ $(LDFLAGS)

-include $(BENCH_OBJECTS:.o=.d)
