"""Real programs make the same system calls guarded and bare, but for those that depend on when they wake up."""

import pytest

import traced

VARYING = {"redis-benchmark": {"epoll_wait"}, "redis-server": {"epoll_wait"}, "nginx": {"epoll_wait"},
           "wrk": {"epoll_wait", "read"}}  # it asks once more when it was woken early


def steady(program, calls):
    return {name: count for name, count in calls.items() if name not in VARYING[program]}


@pytest.mark.parametrize("at, program, writes", [(0, "redis-benchmark", "sendto"), (1, "redis-server", "write")])
def test_redis_makes_no_system_call_more(at, program, writes):
    bare, guarded = (steady(program, traced.redis(is_guarded)[at]) for is_guarded in (False, True))
    assert guarded == bare
    assert bare[writes] == 2


@pytest.mark.parametrize("at, program, sendfile, writes", [
    (0, "wrk", "off", "write"), (1, "nginx", "off", "writev"),
    (1, "nginx", "on", "sendfile"),
])
def test_a_request_to_nginx_makes_no_system_call_more(at, program, sendfile, writes):
    bare, guarded = (steady(program, traced.nginx(is_guarded, sendfile)[at]) for is_guarded in (False, True))
    assert bare[writes] == 1
    assert guarded == bare
