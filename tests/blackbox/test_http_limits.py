"""Bounds on what one request may bring: 414, 431, 413, and the connection ends."""

import pytest

from target import check_refused, check_serves, check_taken
from wire import Connection

LENGTH = b"Content-Length: @N@\r\n"


def test_a_request_just_inside_the_bounds_is_taken(target):
    check_taken(target, target.request(b"X-Long: " + b"a" * 30_000 + b"\r\n" + LENGTH))
    check_taken(target, target.request(b"X-Many: 1\r\n" * 90 + LENGTH))
    check_taken(target, target.request(line=b"POST @PATH@?a=" + b"a" * 8000 + b" HTTP/1.1"))


@pytest.mark.parametrize("size", [8 * 1024, 64 * 1024, 1024 * 1024])
def test_a_long_target_is_refused(target, size):
    data = target.request(line=b"POST @PATH@?a=" + b"a" * size + b" HTTP/1.1")
    check_refused(target, data, {414})


@pytest.mark.parametrize(
    "fields",
    [
        b"X-Long: " + b"a" * 100_000 + b"\r\n",
        b"X" * 100_000 + b": a\r\n",
        b"X-Many: 1\r\n" * 101,
        b"X-Many: 1\r\n" * 5_000,
        b"a:\r\n" * 20_000,
        b"Cookie: " + b"a=b; " * 20_000 + b"\r\n",
    ],
    ids=["long value", "long name", "101", "5,000", "20,000 tiny", "cookies"],
)
def test_too_many_or_too_long_fields_are_refused(target, fields):
    check_refused(target, target.request(fields + LENGTH), {431})


@pytest.mark.parametrize("start", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "])
def test_an_endless_line_is_refused(target, start):
    check_refused(target, start + b"a" * 4_000_000, {400, 414, 431})


def test_a_long_body_is_refused_before_it_is_sent(target):
    data = target.request(b"Content-Length: 4194305\r\n", b"")
    check_refused(target, data, {413})


def test_a_long_body_is_refused_with_expect(target):
    data = target.request(b"Content-Length: 4194305\r\nExpect: 100-continue\r\n", b"")
    check_refused(target, data, {413})


def test_a_body_at_the_bound_is_read(target):
    size = 4 * 1024 * 1024
    with Connection(target.port) as connection:
        connection.send(target.request(b"Content-Length: %d\r\n" % size, b" " * size))
        answer = connection.answer()
        assert answer.status in (200, 400), answer  # read, whatever it means
    check_serves(target)
