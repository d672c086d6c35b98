"""Tests whose bodies run in a guarded process of their own.

@guarded(FRAMING="line") runs the function below it in a fresh Python under the shim, with POISONSHIM_FRAMING=line. The
values of the variables may name the test's parameters: @each("rule", ...) and @guarded(RULES="{rule}")."""

import functools
import inspect
import json
import sys
from pathlib import Path

BODY = Path(__file__).with_name("body.py")
in_child = False


def each(names, values):
    """pytest.mark.parametrize; pytest itself is not worth its start in every child."""
    if in_child:
        return lambda body: body
    import pytest
    return pytest.mark.parametrize(names, values)


def names(*doors):
    """pytest.mark.door"""
    if in_child:
        return lambda body: body
    import pytest
    return pytest.mark.door(*doors)


def run_body(directory, body, arguments, **variables):
    import machine

    from .process import run
    file = Path(inspect.getfile(body))
    module = f"{file.parent.name}.{file.stem}"
    return run(directory, [machine.PYTHON, "-I", "-S", BODY, module, body.__name__, json.dumps(arguments)],
               **variables)


def guarded(**variables):
    def decorate(body):
        if in_child:
            return body

        def test(tmp_path, **arguments):
            filled = {name: value.format(**arguments) for name, value in variables.items()}
            run_body(tmp_path, body, arguments, **filled).check()

        functools.update_wrapper(test, body)
        del test.__wrapped__
        own = inspect.signature(body).parameters.values()
        directory = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        test.__signature__ = inspect.Signature([directory, *own])
        test.body = body
        return test
    return decorate


def main():
    module, name, arguments = sys.argv[1:]
    tests = __import__(module, fromlist=[name])
    getattr(tests, name)(**json.loads(arguments))
