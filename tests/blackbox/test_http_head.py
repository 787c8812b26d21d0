"""The request line and the fields: line ends, control characters, names, versions and methods."""

import pytest

from target import SMUGGLED, check_refused, check_taken
from wire import Connection, exchange

LENGTH = b"Content-Length: @N@\r\n"


def with_field(target, field: bytes) -> bytes:
    return target.request(field + b"\r\n" + LENGTH)


@pytest.mark.parametrize(
    "field",
    [
        b"X-A: 1",
        b"X-A:1",
        b"X-A:",
        b"X-A:   ",
        b"X-A: a\tb",
        b"X-A: \xc3\xa9",
        b"!#$%&'*+-.^_`|~0aZ: 1",
        b"X-A: :::",
        b"X-A: {(<>)}",
    ],
)
def test_an_unusual_field_that_is_well_formed_is_taken(target, field):
    check_taken(target, with_field(target, field))


def test_headers_with_bare_lf_are_refused(target):
    check_refused(target, target.request().replace(b"\r\n", b"\n"))


def test_one_bare_lf_is_refused(target):
    for at, data in enumerate(_each_line_end_as_lf(target.request(b"X-A: 1\r\n" + LENGTH))):
        check_refused(target, data + SMUGGLED, {400})
        assert at < 20


def _each_line_end_as_lf(data: bytes):
    head = data.index(b"\r\n\r\n") + 4
    at = data.find(b"\r\n")
    while at != -1 and at < head:
        yield data[:at] + data[at + 1 :]
        at = data.find(b"\r\n", at + 2)


@pytest.mark.parametrize("byte", [*range(0x00, 0x09), *range(0x0A, 0x20), 0x7F])
def test_a_control_character_in_a_value_is_refused(target, byte):
    check_refused(target, with_field(target, b"X-A: a%cb" % byte))


@pytest.mark.parametrize(
    "byte", [*range(0x00, 0x21), 0x7F, *b'"(),/;<=>?@[\\]{}', 0x80, 0xEF, 0xFF]
)
def test_a_character_that_no_name_may_have_is_refused(target, byte):
    check_refused(target, with_field(target, b"X%cA: 1" % byte))


@pytest.mark.parametrize(
    "field",
    [
        b"X-A: 1\r\n folded",
        b"X-A: 1\r\n\tfolded",
        b"X-A:\r\n 1",
        b" X-A: 1",
        b"\tX-A: 1",
        b"X-A : 1",
        b"X-A\t: 1",
        b"garbage",
        b"garbage garbage",
        b": 1",
        b":",
        b"X(a): 1",
        b"X\xef: 1",
        b"X-A\x00: 1",
        b"GET /smuggled HTTP/1.1",
        b"X-A: 1\r",
        b"X-A: 1\r\r",
        b"\x00",
    ],
)
def test_a_malformed_field_line_is_refused(target, field):
    check_refused(target, with_field(target, field))


def test_a_folded_first_field_is_refused(target):
    check_refused(target, target.request(host=b" X: 1\r\nHost: 127.0.0.1\r\n"))


@pytest.mark.parametrize(
    "line",
    [
        b"POST  @PATH@ HTTP/1.1",
        b"POST @PATH@  HTTP/1.1",
        b" POST @PATH@ HTTP/1.1",
        b"POST @PATH@ HTTP/1.1 ",
        b"POST\t@PATH@ HTTP/1.1",
        b"POST @PATH@\tHTTP/1.1",
        b"POST @PATH@ HTTP/1.1\t",
        b"POST\x0b@PATH@ HTTP/1.1",
        b"POST\xa0@PATH@ HTTP/1.1",
        b"POST @PATH@",
        b"POST @PATH@ ",
        b"POST",
        b"POST HTTP/1.1",
        b"POST @PATH@ @PATH@ HTTP/1.1",
        b"@PATH@ HTTP/1.1",
        b"PO(ST @PATH@ HTTP/1.1",
        b"PO\x00ST @PATH@ HTTP/1.1",
        b"P\xc3\x96ST @PATH@ HTTP/1.1",
        b"\x00POST @PATH@ HTTP/1.1",
    ],
)
def test_a_malformed_request_line_is_refused(target, line):
    check_refused(target, target.request(line=line), {400, 501})


@pytest.mark.parametrize(
    "method",
    [b"post", b"Post", b"POSTS", b"POS", b"PROPFIND", b"PRI", b"BREW", b"TRACE", b"CONNECT"],
)
def test_a_method_that_is_not_served_is_refused(target, method):
    answer = exchange(target.port, target.request(line=method + b" @PATH@ HTTP/1.1"))
    assert answer.status in (400, 405, 501), answer
    if target.upstream:
        assert target.upstream.take() == []


def test_connect_opens_no_tunnel(target):
    data = b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % (
        target.port,
        target.port,
    )
    check_refused(target, data + SMUGGLED, {400, 405, 501})


def test_trace_repeats_no_field(target):
    data = b"TRACE /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Echo: echoed\r\n\r\n"
    answer = exchange(target.port, data)
    assert answer.status in (400, 405, 501), answer
    assert b"echoed" not in answer.body


@pytest.mark.parametrize(
    "version",
    [
        b"HTTP/2.0",
        b"HTTP/1.2",
        b"HTTP/0.9",
        b"HTTP/3.0",
        b"http/1.1",
        b"HTTP/01.1",
        b"HTTP/1.01",
        b"HTTP/1.1.1",
        b"HTTP/1",
        b"HTTP/1.",
        b"HTTP/11",
        b"HTTP/1,1",
        b"HTTPS/1.1",
        b"HTTP 1.1",
        b"RTSP/1.0",
        b"HTTP/1.1\x00",
    ],
)
def test_another_version_is_refused(target, version):
    check_refused(target, target.request(line=b"POST @PATH@ " + version), {400, 505})


def test_the_preface_of_http_2_is_refused(target):
    check_refused(target, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), {400, 501, 505})


def test_a_tls_hello_is_refused(target):
    check_refused(target, bytes.fromhex("16030100c8010000c40303") + bytes(190))


def test_http_1_0_is_answered_and_closed(target):
    with Connection(target.port) as connection:
        connection.send(b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + SMUGGLED)
        assert connection.answer().status == 200
        assert connection.rest() == b""


@pytest.mark.parametrize("leading", [b"\r\n"])
def test_one_empty_line_ahead_of_a_request_is_skipped(target, leading):
    check_taken(target, leading + target.request())


@pytest.mark.parametrize("leading", [b"\r\n" * 3, b"\n", b"\r", b" \r\n", b"\x00"])
def test_more_ahead_of_a_request_is_refused(target, leading):
    check_refused(target, leading + target.request(), {400, 501})


@pytest.mark.parametrize("ending", [b"\r\n \r\n", b"\r\n\t\r\n", b"\r\n\x00\r\n"])
def test_a_line_of_blanks_does_not_end_the_fields(target, ending):
    data = target.request().replace(b"\r\n\r\n", ending, 1)
    check_refused(target, data + b"\r\n\r\n")
