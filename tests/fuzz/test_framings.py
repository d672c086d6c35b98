"""No bytes confuse a framing: libFuzzer under the address and undefined-behaviour sanitizers.

SHIM_FUZZ_SECONDS is the processor time for all framings together (60)."""

import os
import subprocess

import machine
import pytest

from . import corpus

SECONDS = int(os.environ.get("SHIM_FUZZ_SECONDS", "60"))
FRAMINGS = corpus.framings()


@pytest.mark.skipif(bool(machine.RUNNER), reason="libFuzzer runs on this machine alone")
@pytest.mark.parametrize("framing", FRAMINGS)
def test_no_bytes_confuse(framing, tmp_path):
    seconds = max(SECONDS // len(FRAMINGS), 1)
    limit = (f"-max_total_time={seconds}",) if seconds > 1 else ("-runs=5000",)
    argv = [corpus.FUZZER, *limit, f"-max_len={corpus.LONGEST}", "-timeout=10", f"-artifact_prefix={tmp_path}/",
            corpus.directory(framing)]
    done = subprocess.run(argv, env=corpus.environment(framing), capture_output=True, text=True, check=False)
    found = list(tmp_path.iterdir())
    repeat = f"FUZZ_FRAMING='{framing}' build/fuzz/framing {found[0]}  # {found[0].read_bytes().hex()}" if found else ""
    assert done.returncode == 0, f"{done.stderr[-3000:]}\nrepeat: {repeat}"
