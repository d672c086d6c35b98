"""The threads of stream.pml and pool.pml, in every order: nothing goes wrong, but for each safeguard taken out."""

import os

import pytest
from .checker import search
from .scenarios import DEADLY, LONG_MUTANTS, LONG_SCENARIOS, MUTANTS, SCENARIOS

LONG = bool(os.environ.get("SHIM_MODEL_LONG"))
EVERY = SCENARIOS | LONG_SCENARIOS


@pytest.mark.parametrize("scenario", EVERY if LONG else SCENARIOS)
def test_no_order_of_steps_breaks_a_promise(scenario):
    assert search("stream.pml", EVERY[scenario], scenario, deadlocks=scenario not in DEADLY) is None


# Most mutants are found out at once: compiling takes longer.
@pytest.mark.parametrize("mutant, scenario", (MUTANTS | LONG_MUTANTS if LONG else MUTANTS).items())
def test_every_safeguard_is_needed(mutant, scenario):
    assert search("stream.pml", (*EVERY[scenario], mutant), mutant, deadlocks=scenario not in DEADLY,
                  optimise="-O0") is not None


def test_the_owner_that_died_is_noticed_by_who_comes_later():
    assert search("stream.pml", (*SCENARIOS["died"], "WITHOUT_STEAL"), "WITHOUT_STEAL") == "invalid end state"


def test_who_sleeps_for_a_thread_that_died_is_not_woken():
    assert search("stream.pml", SCENARIOS["died"], "sleeps_for_the_dead") == "invalid end state"


def test_a_number_closed_and_made_again_unseen_may_be_taken_for_the_old_one():
    macros = (*LONG_SCENARIOS["unseen_close_and_written"], "UNSEEN_CREATION")
    assert search("stream.pml", macros, "unseen_creation") is not None


def test_no_block_of_the_pool_is_given_out_twice():
    assert search("pool.pml", (), "pool") is None


def test_the_pool_needs_its_count():
    assert search("pool.pml", ("WITHOUT_COUNT",), "pool_without_count") is not None
