"""Real programs, bare and guarded."""

from pathlib import Path

import pytest

for path in Path(__file__).parent.glob("*.py"):
    if path.stem != "__init__":
        pytest.register_assert_rewrite(f"{__name__}.{path.stem}")
