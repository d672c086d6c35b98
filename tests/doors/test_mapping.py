"""Every door has a test that names it; `make mutate-doors` shows that the test is red without the door."""

import importlib
from pathlib import Path

from .calls import exists
from .mutants import all_mutants, exported


def named_by(mark):
    if mark.name == "door":
        return set(mark.args)
    if mark.name != "parametrize":
        return set()
    names = [name.strip() for name in mark.args[0].split(",")] if isinstance(mark.args[0], str) else list(mark.args[0])
    if "door" not in names:
        return set()
    return {values if len(names) == 1 else values[names.index("door")] for values in mark.args[1]}


def doors_with_tests():
    modules = [importlib.import_module(f"doors.{path.stem}") for path in Path(__file__).parent.glob("test_*.py")]
    tests = [value for module in modules for name, value in vars(module).items() if name.startswith("test_")]
    return {door for test in tests for mark in getattr(test, "pytestmark", ()) for door in named_by(mark)}


def test_every_door_has_a_test_that_names_it():
    doors = {mutant.door for mutant in all_mutants() if exists(mutant.door)}
    assert set(filter(exists, exported())) <= doors and len(doors) > 120
    assert not sorted(doors - doors_with_tests())


def test_every_mutant_is_another():
    mutants = all_mutants()
    for mutant in mutants:
        assert mutant.text != mutant.file.read_text(encoding="ascii"), mutant.name
    assert len({mutant.name for mutant in mutants}) == len(mutants)
