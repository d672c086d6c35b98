"""body.py MODULE FUNCTION ARGUMENTS: runs one function of a test module, in the process that is guarded."""

import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from guard import guarded  # noqa: E402

signal.alarm(50)
guarded.in_child = True
guarded.main()
