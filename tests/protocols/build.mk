# Sample streams of the presets, recorded from serializers that we did not write.

RECORDERS = $(filter-out %/__init__.py,$(wildcard tests/protocols/recorders/*.py))
RECORDED = $(RECORDERS:tests/protocols/recorders/%.py=$(BUILD)/samples/%.json)
TEST_PROGRAMS += $(RECORDED)

$(BUILD)/samples/%.json: tests/protocols/recorders/%.py tests/protocols/record.py
	@PYTHONPATH=tests PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m protocols.record $(@D) $*
