"""Bounded waiting for something that can be observed."""

import time

PATIENCE = 20.0


def wait_until(condition, what, patience=PATIENCE):
    """Returns the first true answer of `condition`."""
    deadline = time.monotonic() + patience
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {patience} s in vain until {what}"
        time.sleep(0.001)


def wait_until_steady(observe, what, times=4):
    """Waits until `observe` has given the same true answer `times` times in a row, and returns it."""
    seen = []

    def steady():
        seen.append(observe())
        last = seen[-times:]
        return len(last) == times and last[0] and all(answer == last[0] for answer in last) and last[0]

    return wait_until(steady, what)
