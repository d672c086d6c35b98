"""Programs that were not written for the guard, under whatever SHIM_CHECKER names."""

from pathlib import Path

import pytest

from guard.process import run

HERE = Path(__file__).parent
PROGRAMS = {
    "perl": ["perl", HERE / "torn.pl"],
    "python": ["/usr/bin/python3", "-I", "-S", HERE / "threads.py"],
}


@pytest.mark.parametrize("framing", ("call", "fixed(1000000)", "line"))
@pytest.mark.parametrize("program", PROGRAMS)
def test_connections_are_torn_finished_and_given_up(tmp_path, program, framing):
    ended = run(tmp_path, PROGRAMS[program], FRAMING=framing).check()
    assert {event["event"] for event in ended.events()} >= {"torn", "poisoned"}
