"""Spin: every interleaving of a model, by a program that Spin writes and gcc compiles."""

import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ.get("SHIM_BUILD", HERE.parents[1] / "build")) / "model"
LIMIT_MB = int(os.environ.get("SHIM_MODEL_MB", 2000))
TIMEOUT = 280 if LIMIT_MB <= 2000 else 3600


def compile_model(model, macros, directory, optimise):
    directory.mkdir(parents=True, exist_ok=True)
    subprocess.run(["spin", "-a", *(f"-D{macro}" for macro in macros), HERE / model], cwd=directory, check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["gcc", optimise, "-w", "-DSAFETY", "-DCOLLAPSE", "-DVECTORSZ=4096", f"-DMEMLIM={LIMIT_MB}", "-o", "pan",
                    "pan.c"], cwd=directory, check=True)


def search(model, macros, name, deadlocks=True, optimise="-O1"):
    """What Spin found first, or None: nothing in any interleaving. Fails if it could not look at all of them."""
    directory = BUILD / name
    compile_model(model, macros, directory, optimise)
    options = ["-n", "-m1000000"] + ([] if deadlocks else ["-E"])
    output = subprocess.run(["./pan", *options], cwd=directory, check=True, capture_output=True, text=True,
                            timeout=TIMEOUT).stdout
    found = re.search(r"^pan:1: (.*) \(at depth", output, re.MULTILINE)
    if found:
        return found[1]
    assert "errors: 0" in output, output
    assert "max search depth too small" not in output and "out of memory" not in output, output
    assert "Search not completed" not in output, output
    return None
