"""Bounds within which the threads of stream.pml choose freely; see there what each of them means."""

TWO = ("THREADS=2", "WRITES=2")
TWO_ONCE = ("THREADS=2", "WRITES=1")
TWO_FDS = ("FDS=2", "DUPLICATED")

SCENARIOS = {
    "turns": (*TWO, "IMPATIENCE=1"),
    "cancelled": (*TWO, "CANCELLATIONS=1"),
    "jumped": (*TWO, "JUMPS=1", "CLOSES=1"),
    "jumped_early": (*TWO, "EARLY_JUMPS=1"),
    "died": (*TWO, "DEATHS=1"),
    "first_writes": (*TWO, "UNCLASSIFIED"),
    "second_thread": (*TWO, "ALONE", "HANDLERS=1"),
    "handler_closes_alone": (*TWO_ONCE, "FDS=2", "ALONE", "HANDLERS=1", "CLOSES=1"),
    "handler_closes": (*TWO_ONCE, "FDS=2", "HANDLERS=1", "CLOSES=1"),
    "closed": (*TWO, "CLOSES=1"),
    "closed_one_of_two": (*TWO_ONCE, *TWO_FDS, "CLOSES=1", "CANCELLATIONS=1"),
    "block_used_again": (*TWO_ONCE, "FDS=2", "CLOSES=1", "UNCLASSIFIED"),
    "number_used_again": (*TWO_ONCE, "CLOSES=1", "CREATIONS=1"),
    "number_used_again_first_writes": (*TWO_ONCE, "CLOSES=1", "CREATIONS=1", "UNCLASSIFIED"),
    "unseen_close": (*TWO_ONCE, "UNSEEN_CLOSES=1", "CREATIONS=1"),
}

# Minutes and gigabytes.
LONG_SCENARIOS = {
    "crowd": ("THREADS=3", "WRITES=1", "CANCELLATIONS=1"),
    "number_used_again_and_written": (*TWO, "CLOSES=1", "CREATIONS=1"),
    "unseen_close_and_written": (*TWO, "UNSEEN_CLOSES=1", "CREATIONS=1"),
    "died_on_one_of_two": (*TWO, *TWO_FDS, "DEATHS=1", "UNSEEN_CLOSES=1", "CREATIONS=1"),
    "handler_closes_alone_twice": (*TWO, "FDS=2", "ALONE", "HANDLERS=1", "CLOSES=1"),
}

# Nobody wakes those who sleep for a thread that ends without any cleanup; the next to come poisons.
DEADLY = {"died", "died_on_one_of_two"}

# What the code would be without one of its safeguards, and a scenario that shows it.
MUTANTS = {
    "WITHOUT_WAKE": "turns",
    "WITHOUT_RELEASE": "turns",
    "STEAL_WITHOUT_POISON": "died",
    "NOBODYS_IS_MINE": "jumped_early",
    "WITHOUT_PUBLISH": "handler_closes_alone",
    "PUBLISH_ALL": "handler_closes",
    "FREE_WHILE_OWNED": "closed",
    "CLOSE_FORGETS_FIRST": "closed",
    "WITHOUT_RECHECK": "number_used_again",
    "WITHOUT_IDENTITY": "number_used_again_and_written",
    "GIVE_UP_AFTER_RACE": "number_used_again_first_writes",
    "WITHOUT_VERIFY": "unseen_close_and_written",
    "WITHOUT_CREATE": "unseen_close_and_written",
}

LONG_MUTANTS = {
    "STALE_FORGETS": "died_on_one_of_two",
}
