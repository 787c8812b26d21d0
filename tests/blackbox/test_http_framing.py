"""Content-Length and Transfer-Encoding: two readers of one message must agree where it ends."""

import pytest

from target import CANARY, SMUGGLED, check_is_canary, check_refused, check_taken
from wire import Connection

CHUNKED_BODY = b"@X@\r\n@BODY@\r\n0\r\n\r\n"
CODING = b"Transfer-Encoding: chunked\r\n"
LENGTH = b"Content-Length: @N@\r\n"


def test_a_body_of_a_given_length_is_taken(target):
    check_taken(target, target.request(LENGTH))


def test_a_chunked_body_is_taken(target):
    check_taken(target, target.request(CODING, CHUNKED_BODY))


@pytest.mark.parametrize("coding", [b"Chunked", b"CHUNKED", b"\t chunked \t"])
def test_the_name_of_a_coding_ignores_case_and_blanks_around_it(target, coding):
    check_taken(target, target.request(b"Transfer-Encoding: %s\r\n" % coding, CHUNKED_BODY))


@pytest.mark.parametrize(
    "framing",
    [
        LENGTH + CODING,
        CODING + LENGTH,
        CODING + b"Content-Length: 4\r\n",
        b"Content-Length: 0\r\n" + CODING,
        b"content-length: @N@\r\ntransfer-encoding: chunked\r\n",
        CODING + b"X-Between: 1\r\n" + LENGTH,
    ],
)
@pytest.mark.parametrize("body", [b"0\r\n\r\n" + SMUGGLED, CHUNKED_BODY + SMUGGLED])
def test_a_length_beside_a_coding_is_refused(target, framing, body):
    check_refused(target, target.request(framing, body))


def test_http_1_0_has_no_transfer_coding(target):
    data = target.request(CODING, CHUNKED_BODY + SMUGGLED, line=b"POST @PATH@ HTTP/1.0")
    check_refused(target, data)


@pytest.mark.parametrize(
    "coding",
    [
        b"Transfer-Encoding: xchunked",
        b'Transfer-Encoding: "chunked"',
        b"Transfer-Encoding: 'chunked'",
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: chunked, gzip",
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding: gzip",
        b"Transfer-Encoding: chunked;q=1",
        b"Transfer-Encoding: chunked chunked",
        b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding: identity, chunked",
        b"Transfer-Encoding: chunked,",
        b"Transfer-Encoding: ,chunked",
        b"Transfer-Encoding:",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\ntransfer-encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"Transfer-Encoding\t: chunked",
        b" Transfer-Encoding: chunked",
        b"Transfer-Encoding: \x0bchunked",
        b"Transfer-Encoding: \x0cchunked",
        b"Transfer-Encoding: \xa0chunked",
        b"Transfer-Encoding: chunked\x00",
        b"Transfer-Encoding: chun\xe2\x84\xaaed",
        b"Transfer-Encoding:\r\n chunked",
        b"Transfer-Encoding:\r\n\tchunked",
        b"X: X\rTransfer-Encoding: chunked",
        b"X: X\nTransfer-Encoding: chunked",
        b"X: X\r\n\rTransfer-Encoding: chunked",
        b"Transfer\x00-Encoding: chunked",
        b"Transfer-Encoding\x00: chunked",
        b"Transfer-Encoding\xef: chunked",
    ],
)
def test_an_odd_transfer_coding_is_refused(target, coding):
    data = target.request(coding + b"\r\n", CHUNKED_BODY + SMUGGLED)
    check_refused(target, data, {400, 501})


@pytest.mark.parametrize(
    "coding",
    [
        b"Transfer-Encoding: xchunked",
        b"X: X\rTransfer-Encoding: chunked",
        b"Transfer-Encoding : chunked",
    ],
)
def test_an_odd_transfer_coding_beside_a_length_is_refused(target, coding):
    check_refused(target, target.request(LENGTH + coding + b"\r\n"), {400, 501})


@pytest.mark.parametrize(
    "length",
    [
        b"3\r\nContent-Length: 0",
        b"@N@\r\nContent-Length: 0",
        b"0\r\nContent-Length: @N@",
        b"@N@\r\nContent-Length: @N@",
        b"@N@, @N@",
        b"@N@, 4",
        b"@N@,",
        b",@N@",
        b"+@N@",
        b"-0",
        b"-1",
        b"0x18",
        b"0_3",
        b"",
        b" ",
        b"@N@ 0",
        b"@N@;",
        b"@N@.0",
        b"1e1",
        b'"@N@"',
        b"@N@\x00",
        b"@N@\x0b",
        b"\xa0@N@",
        b"\xd9\xa3",
        b"@N@\r\n 0",
    ],
)
def test_an_odd_length_is_refused(target, length):
    data = target.request(b"Content-Length: %s\r\n" % length, b"@BODY@" + SMUGGLED)
    check_refused(target, data)


@pytest.mark.parametrize("name", [b"Content-Length ", b"Content-Length\t", b" Content-Length"])
def test_blanks_around_the_name_of_the_length_are_refused(target, name):
    check_refused(target, target.request(name + b": @N@\r\n"))


@pytest.mark.parametrize(
    "length",
    [
        b"18446744073709551615",  # 2^64 - 1
        b"18446744073709551619",  # 2^64 + 3
        b"9223372036854775807",
        b"9223372036854775808",
        b"4294967299",
        b"9" * 400,
    ],
)
def test_a_length_beyond_all_bounds_is_refused_at_once(target, length):
    data = target.request(b"Content-Length: %s\r\n" % length, b"@BODY@")
    check_refused(target, data, {400, 413})


@pytest.mark.parametrize("length", [b"\t @N@ \t", b"@N@", b"0@N@", b"000000000000000000000000@N@"])
def test_a_length_between_blanks_or_behind_zeros_is_taken(target, length):
    check_taken(target, target.request(b"Content-Length:%s\r\n" % length))


@pytest.mark.parametrize("method", [b"GET", b"HEAD", b"OPTIONS"])
@pytest.mark.parametrize("chunked", [False, True])
def test_the_body_of_a_method_without_one_is_not_taken_for_a_request(target, method, chunked):

    framing = CODING if chunked else b"Content-Length: %d\r\n" % len(SMUGGLED)
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED) if chunked else SMUGGLED
    data = target.request(framing, body, line=method + b" /healthz HTTP/1.1")
    with Connection(target.port) as connection:
        connection.send(data)
        assert connection.answer(to_head=method == b"HEAD").status in (200, 204)
        connection.send(CANARY)
        check_is_canary(connection.answer())
        assert connection.buffered == b""


def test_more_bytes_than_the_length_says_are_the_next_request(target):

    with Connection(target.port) as connection:
        connection.send(target.request(LENGTH, b"@BODY@" + SMUGGLED))
        assert connection.answer().status == 200
        assert connection.answer().status == 404
