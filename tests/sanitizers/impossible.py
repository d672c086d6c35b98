"""Scenes that a checker cannot play, each with what was measured."""

import re

HANDLER_WAITS = "a handler runs when the write is over, not in it, and here the write is over only when it has run"
HANDLER_IS_DEAF = "handlers run with every signal blocked: the second one never comes"
NOTHING_BELOW = "the guard is linked into the program: no library lies below it"
RAW_EXIT = "a thread that ends by a raw system call is never joined"

IMPOSSIBLE = {
    "thread": {
        "closing .*": NOTHING_BELOW,
        "threads a_restarting_signal_does_not_end_the_wait": HANDLER_WAITS,
        "threads a_handler_of_a_waiting_thread_does_not_get_in": HANDLER_WAITS,
        "nested a_write_restarted_before_its_first_byte_goes_on": HANDLER_WAITS,
        "nested a_write_whose_handler_begins_a_thread_lets_that_in": HANDLER_WAITS,
        "children a_cloned_child_in_our_memory": "it knows no thread of that stack: now and then it jumps to address 0",
        "nested more_nested_calls_than_the_guard_remembers": HANDLER_IS_DEAF,
        "nested a_jump_over_the_inner_call_spares_the_outer": HANDLER_IS_DEAF,
        "nested_jumps .*": HANDLER_IS_DEAF,
        "ended raw-exit-in-a-handler .*": RAW_EXIT,
        "jumped unseen-.* waiting": "a bare jump leaves it in the handler: the next threads count as made there",
    },
    "address": {
        "closing .*": NOTHING_BELOW,
        "children a_cloned_child_in_our_memory": "it knows no thread of that stack, and says so",
        "ended raw-exit-in-a-handler .* same-number": "its next thread finds what that one left, and aborts",
    },
    "memcheck": {
        "children a_cloned_child_in_our_memory": "it has no clone() but those of fork and of threads, and exits",
        "nested an_autodisarmed_stack_.*": "it knows no SS_AUTODISARM: sigaltstack says EINVAL",
        "nested_jumps a_jump_from_a_stack_above_is_one": "a jump from a stack within the stack: frames count as unset",
        "crowd cancelling_one_of_many_.*": "59 rounds outlast the scene's alarm on a busy machine",
    },
}


def reason(checker, program, arguments):
    """Why it cannot, or None."""
    played = " ".join([str(program), *map(str, arguments)])
    for pattern, why in IMPOSSIBLE.get(checker, {}).items():
        if re.fullmatch(pattern, played):
            return f"{checker}: {why}"
    return None
