"""Real clients talk to real servers, both guarded, and the guard counts the messages that went over the wire.

Between them stands a proxy that keeps what both said; parsers that share nothing with the shim count the messages in it."""

from pathlib import Path

import pytest

pytest.register_assert_rewrite("real.guard", "real.program", "real.waiting")
for path in Path(__file__).parent.glob("*.py"):
    if path.stem != "__init__":
        pytest.register_assert_rewrite(f"{__name__}.{path.stem}")
