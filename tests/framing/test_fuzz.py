"""Made-up streams and configurations under the address and undefined-behaviour sanitizers."""

import subprocess

import machine
import pytest

from .library import BUILD
from .samples import SAMPLES

FRAMINGS = sorted({text for text, _ in SAMPLES} | {"auto", "call", "off", "delimiter(aa)", "delimiter(\\x00|\\0a)"})


@pytest.mark.parametrize("seed", range(2))
def test_made_up_streams_do_not_confuse_any_framing(seed):
    subprocess.run(machine.command([BUILD / "framing_fuzz", seed, 400, *FRAMINGS]), check=True, timeout=120)
