"""The parts of scripts/bench and scripts/bench-scale."""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent / "scripts/bench.d"), str(TESTS)]
