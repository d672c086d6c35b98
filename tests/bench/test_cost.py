"""The budgets of DESIGN.md, section 6, in instructions, system calls and bytes: nothing here looks at a clock."""

import itertools
import pathlib
import platform
import re

import pytest

import cost
import messages

FRAMINGS = ["call", "packet(4)", "line", "fixed(64)"]
SAME = 5  # instructions by which two costs that must not depend on a length may differ

FEW_PAGES = 4 * 4096  # bytes; of a table of 20,000 fds there are 39, of that many streams 586
PAGE_EDGES = 1  # bytes: memory is counted in pages, two of them shared out over 10,000 fds

NEIGHBOURS = 10  # streams: every way that one can lie across the lines of the cache, and the next one

HUGE = 1 << 21  # bytes of a page
MANY = 20000  # most of them with the highest numbers that the table has

SMALL = ("write", "write", "pair", 64, 8)
LARGE = ("write", "write", "pair", 65536, 300)

# What a clean write has no use for: clocks, allocation, copies.
NOT_ON_THE_CLEAN_PATH = re.compile(
    r"clock_gettime|gettimeofday|malloc|calloc|realloc|free$|mmap|process_vm_readv|.*mem(cpy|move)|dlsym")


@pytest.mark.parametrize("framing", [*FRAMINGS, "auto"])
def test_what_is_measured_is_guarded(framing):
    assert cost.is_guarded(framing)


@pytest.mark.parametrize("target", ["null", "datagram"])
def test_a_write_to_an_unguarded_fd_is_within_its_budget(target):
    assert cost.over_forwarding("packet(4)", "write", "write", target, 64, 100) <= cost.UNGUARDED_BUDGET


@pytest.mark.parametrize("function", ["poll", "poll-in-vain", "select"])
def test_a_wait_with_no_stream_inside_a_message_costs_as_little_as_an_unguarded_write(function):
    assert cost.is_guarded("packet(4)")
    assert cost.over_forwarding("packet(4)", "wait", function, 100) <= cost.UNGUARDED_BUDGET
    command = "wait", function
    assert cost.more_system_calls("poisonshim", "packet(4)", command, 4) == cost.more_system_calls("bare", None, command, 4)


@pytest.mark.parametrize("framing, budget", cost.GUARDED_BUDGETS.items())
@pytest.mark.parametrize("function", ["write", "send"])
def test_a_clean_write_is_within_its_budget(function, framing, budget):
    assert cost.over_forwarding(framing, "write", function, "pair", 64, 8) <= budget


@pytest.mark.parametrize("framing, budget", cost.VECTOR_BUDGETS.items())
@pytest.mark.parametrize("function", ["writev", "sendmsg"])
def test_a_clean_write_in_pieces_is_within_its_budget(function, framing, budget):
    assert cost.over_forwarding(framing, "write", function, "pair", 64, 8) <= budget


def of_a_message(framing, preset):
    return cost.over_forwarding(framing, *messages.write_arguments(preset, "pair", messages.KINDS[0], 8))


@pytest.mark.parametrize("preset, budget", cost.MACHINE_BUDGETS.items())
def test_a_whole_message_of_a_state_machine_is_within_its_budget(preset, budget):
    assert of_a_message(preset, preset) <= budget


def test_a_protocol_that_auto_has_found_costs_little_more_than_if_it_were_named():
    assert of_a_message("auto", "http2") <= of_a_message("http2", "http2") + cost.RECOGNISED_BUDGET


@pytest.mark.parametrize("function", ["write", "send"])
def test_a_clean_length_prefixed_write_beside_other_threads_is_within_its_budget(function):
    assert cost.over_forwarding("packet(4)", "write", function, "pair", 64, 8, "threaded") <= cost.THREADED_BUDGET


@pytest.mark.parametrize("threads", [(), ("threaded",)], ids=["alone", "threaded"])
@pytest.mark.parametrize("framing", FRAMINGS)
def test_statistics_cost_a_clean_write_at_most_four_instructions(framing, threads):
    assert cost.of_statistics(framing, *SMALL, *threads) <= cost.STATISTICS_BUDGET


def test_statistics_cost_a_clean_write_no_system_call():
    for target in "pair", "tcp":
        command = "write", "write", target, 64
        counting = cost.more_system_calls("counting", "packet(4)", command, 4)
        assert counting == cost.more_system_calls("bare", None, command, 4)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_clean_write_costs_the_same_whatever_its_length(framing):
    whole = {"fixed(64)": "fixed(65536)"}.get(framing, framing)
    small, large = cost.over_forwarding(framing, *SMALL), cost.over_forwarding(whole, *LARGE)
    assert abs(large - small) < SAME


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("message", [SMALL, LARGE], ids=["64B", "64KiB"])
def test_a_clean_write_reads_no_clock_and_copies_nothing(framing, message):
    functions = cost.counted("poisonshim", framing, *message).functions
    assert "write" in functions
    assert not [name for name in functions if NOT_ON_THE_CLEAN_PATH.match(name)]


@pytest.mark.parametrize("framing, budget", cost.TORN_BUDGETS.items())
def test_a_short_write_is_within_its_budget(framing, budget):
    assert cost.over_forwarding(framing, "torn", 1 << 20, 50) <= budget


@pytest.mark.parametrize("framing", ["packet(4)", "call"])
def test_a_short_write_costs_the_same_however_long_the_message(framing):
    shorter, longer = (cost.over_forwarding(framing, "torn", size, 50) for size in (1 << 18, 1 << 20))
    assert abs(longer - shorter) < SAME


@pytest.mark.parametrize("function, target", [
    ("write", "null"), ("write", "datagram"), ("write", "pair"), ("write", "tcp"),
    ("writev", "pair"), ("send", "pair"), ("sendmsg", "pair"),
])
@pytest.mark.parametrize("framing", ["call", "packet(4)"])
def test_a_clean_write_makes_no_system_call_of_its_own(function, target, framing):
    command = "write", function, target, 64
    guarded = cost.more_system_calls("poisonshim", framing, command, 4)
    assert guarded == cost.more_system_calls("bare", None, command, 4)


FSTATS = {"fstat", "fstat64", "newfstatat", "statx"}


@pytest.mark.parametrize("memory, questions", [("heap", 0), ("mapped", 2)])
@pytest.mark.parametrize("target", ["pair", "tcp"])
@pytest.mark.parametrize("framing", ["call", "packet(4)"])
def test_a_short_write_and_its_resumption_ask_twice_for_mapped_memory_and_a_message_once_for_the_fd(
        framing, target, memory, questions):
    command, megabytes = ("transfer", target, memory), 8
    calls = cost.more_system_calls("poisonshim", framing, command, megabytes << 20)
    bare = cost.more_system_calls("bare", None, command, megabytes << 20)
    assert calls["write"] > 10 * megabytes
    assert calls.get("rt_sigprocmask", 0) <= questions * calls["write"]
    assert sum(calls.get(name, 0) for name in FSTATS) <= megabytes
    assert calls.keys() - FSTATS - {"rt_sigprocmask"} == bare.keys()


@pytest.mark.parametrize("framing, function", [("call", "sendfile"), ("packet(4)", "write-sendfile")])
@pytest.mark.parametrize("target", ["pair", "tcp"])
def test_a_sendfile_whose_bytes_nobody_need_see_makes_no_system_call_of_its_own(target, framing, function):
    command = "write", function, target, 64
    assert cost.more_system_calls("poisonshim", framing, command, 4) == cost.more_system_calls("bare", None, command, 4)


def test_the_kernel_is_asked_for_its_count_only_before_a_refusal():
    unrefused = cost.system_calls("poisonshim", "call", "write", "write", "tcp", 64, 4)
    bare = cost.system_calls("bare", None, "write", "write", "tcp", 64, 4)
    for name in "getsockopt", "ioctl":
        assert unrefused[name] == bare[name]
    assert cost.more_system_calls("poisonshim", "call", ("refused", "tcp"), 4)["ioctl"] >= 4


def test_a_clean_write_costs_the_same_however_many_streams_there_are():
    assert cost.over_forwarding_with_many("packet(4)", MANY) == pytest.approx(cost.over_forwarding("packet(4)", *SMALL))


@pytest.mark.parametrize("framing", [*FRAMINGS, "auto"])
def test_clean_writes_on_two_streams_write_no_cache_line_in_common(framing):
    touched = list(cost.touched_by_threads("poisonshim", framing, NEIGHBOURS))
    assert len(touched) == NEIGHBOURS
    for one, other in itertools.permutations(touched, 2):
        assert not one.written & other.lines


@pytest.mark.parametrize("kind, budget", [
    ("pair", cost.STREAM_BYTES_BUDGET),
    ("datagram", cost.OTHER_FD_BYTES_BUDGET),
])
def test_memory_of_an_fd_is_within_its_budget(kind, budget):
    over = (cost.memory_bytes(variant, "packet(4)", kind, 5000) for variant in ("poisonshim", "forward"))
    assert next(over) - next(over) <= budget + PAGE_EDGES


def test_memory_of_100_000_streams_is_within_its_budget():
    over = (cost.memory_bytes_of_many(variant, "packet(4)", 100000) for variant in ("poisonshim", "forward"))
    assert next(over) - next(over) <= cost.STREAM_BYTES_BUDGET + PAGE_EDGES / 10


def collapses():
    """The kernel makes huge pages of what is there when it is asked to (MADV_COLLAPSE, Linux 6.1)."""
    setting = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
    release = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
    return release >= (6, 1) and setting.exists() and "[never]" not in setting.read_text(encoding="ascii")


@pytest.mark.skipif(not collapses(), reason="the kernel makes no huge page of memory in use")
def test_memory_that_is_full_of_streams_is_huge_pages_and_none_that_is_not():
    assert cost.huge_bytes_of_many("poisonshim", "packet(4)", 10000) == 0
    assert cost.huge_bytes_of_many("poisonshim", "packet(4)", 100000) >= HUGE


@pytest.mark.parametrize("variant", ["poisonshim", "counting"])
def test_a_forked_child_copies_no_page_of_streams_that_it_does_not_touch(variant):
    few, many = (cost.child_bytes(variant, "packet(4)", streams) for streams in (2, MANY))
    assert many - few <= FEW_PAGES


def test_a_forked_child_copies_the_pages_of_the_stream_that_it_writes_to():
    idle, writing = (cost.child_bytes("poisonshim", "packet(4)", MANY, writes) for writes in (0, 1))
    assert writing - idle <= FEW_PAGES
