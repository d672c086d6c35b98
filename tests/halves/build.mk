# Programs that send by doors which the guard does not watch; test_*.py run them under the guard.

HALVES_SCENES = past honest
HALVES_PROGRAMS = $(HALVES_SCENES:%=$(BUILD)/halves/%)
TEST_PROGRAMS += $(HALVES_PROGRAMS) $(BUILD)/halves/static $(BUILD)/halves/counts

HALVES_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARNINGS) -MMD -MP

$(BUILD)/halves/%.o: tests/halves/%.c
	@mkdir -p $(@D)
	@echo "  CC   $<"
	@$(CC) $(HALVES_CFLAGS) $(CFLAGS) -c -o $@ $<

# play.o and what it calls for: the scenes of tests/guard.
$(HALVES_PROGRAMS): $(BUILD)/halves/%: $(BUILD)/halves/%.o $(BUILD)/halves/wire.o $(BUILD)/halves/past_libc.o \
		$(BUILD)/guard/play.o $(BUILD)/guard/scene.o
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ -pthread -luring

$(BUILD)/halves/static: $(BUILD)/halves/static.o $(BUILD)/halves/past_libc.o
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -static -o $@ $^

$(BUILD)/halves/counts: $(BUILD)/halves/counts.o $(BUILD)/guard/play.o $(BUILD)/guard/scene.o $(BUILD)/libpoisonshim.a
	@echo "  LINK $@"
	@$(CC) $(CFLAGS) -o $@ $^ -pthread

$(BUILD)/halves/counts.o: HALVES_CFLAGS += -Ishim

-include $(wildcard $(BUILD)/halves/*.d)

# Go from Debian is 450 MB: not for every check.
halves-go: test-programs
	@scripts/install-deps go:golang-go
	CGO_ENABLED=1 GO111MODULE=off GOFLAGS= GOCACHE=$(abspath $(BUILD))/go go build -o $(BUILD)/halves/half tests/halves/half.go
	$(PYTEST) tests/halves/test_go.py

.PHONY: halves-go
