"""No bytes confuse a framing, and no text its configuration: libFuzzer under the address and undefined-behaviour
sanitizers.

SHIM_FUZZ_SECONDS is the processor time for all targets together (60)."""

import os
import shlex
import subprocess

import machine
import pytest

from . import corpus

TARGETS = corpus.targets()
SECONDS = int(os.environ.get("SHIM_FUZZ_SECONDS", "60")) / len(TARGETS)
WORTH_KEEPING = 5  # seconds: less would go by with what earlier runs found
SLOW_MACHINE = 60


def directory(target, scratch):
    return corpus.begin(target, corpus.found(target) if SECONDS > WORTH_KEEPING else scratch / "inputs")


def story(target, said, finds):
    """What broke, and the commands that play the input again."""
    yield from (line[:200] for line in said.splitlines() if not line.startswith(("#", "INFO")))
    for find in finds:
        yield f"echo {find.read_bytes().hex()} | xxd -r -p >/tmp/input"
        yield f"FUZZ_FRAMING={shlex.quote(target)} {corpus.fuzzer(target)} /tmp/input"


def test_every_target_has_inputs_of_its_own():
    names = {corpus.file_name(target) for target in TARGETS}
    assert len(names) == len(TARGETS)
    assert {path.stem for path in corpus.kept_file("").parent.iterdir()} <= names


@pytest.mark.skipif(bool(machine.RUNNER), reason="libFuzzer runs on this machine alone")
@pytest.mark.parametrize("target", TARGETS)
def test_no_bytes_confuse(target, tmp_path):
    argv = [corpus.fuzzer(target), f"-max_len={corpus.LONGEST}", "-timeout=10", f"-artifact_prefix={tmp_path}/find-",
            directory(target, tmp_path)]
    done = subprocess.run(argv, env=corpus.environment(target, SECONDS), capture_output=True, text=True, check=False,
                          errors="replace", timeout=SLOW_MACHINE * (SECONDS + 1))
    assert done.returncode == 0, "\n".join(story(target, done.stderr, tmp_path.glob("find-*")))
