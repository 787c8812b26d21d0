"""Chunked bodies: sizes, extensions, line ends and trailers."""

import pytest

from target import SMUGGLED, check_refused, check_taken

CODING = b"Transfer-Encoding: chunked\r\n"
LAST = b"0\r\n\r\n"


def chunked(target, body: bytes) -> bytes:
    return target.request(CODING, body)


@pytest.mark.parametrize(
    "body",
    [
        b"@X@\r\n@BODY@\r\n000\r\n\r\n",
        b"000@X@\r\n@BODY@\r\n0\r\n\r\n",
        b"@X@;name=value\r\n@BODY@\r\n0\r\n\r\n",
        b"@X@;name\r\n@BODY@\r\n0;last\r\n\r\n",
        b'@X@;a="b;\\"c"\r\n@BODY@\r\n0\r\n\r\n',
    ],
)
def test_proper_chunks_are_taken(target, body):
    check_taken(target, chunked(target, body))


def test_chunks_of_one_byte_are_joined(target):
    pieces = b"".join(b"1\r\n%c\r\n" % byte for byte in target.body)
    check_taken(target, chunked(target, pieces + LAST))


def test_upper_and_lower_case_sizes_are_read_alike(target):
    size = len(target.body)
    for text in (b"%X" % size, b"%x" % size):
        check_taken(target, chunked(target, text + b"\r\n@BODY@\r\n0\r\n\r\n"))


@pytest.mark.parametrize(
    "body",
    [
        b"@X@\n@BODY@\r\n0\r\n\r\n",
        b"@X@\r\n@BODY@\n0\r\n\r\n",
        b"@X@\r\n@BODY@\r\n0\n\r\n",
        b"@X@\r\n@BODY@\r\n0\r\n\n",
        b"@X@\n@BODY@\n0\n\n",
        b"@X@\r@BODY@\r\n0\r\n\r\n",
        b"@X@\r\n@BODY@\r0\r\n\r\n",
        b"@X@\r\r\n@BODY@\r\n0\r\n\r\n",
    ],
)
def test_a_line_of_the_framing_ends_in_crlf_alone(target, body):
    check_refused(target, chunked(target, body + SMUGGLED))


@pytest.mark.parametrize(
    "size",
    [
        b"0x@X@",
        b"+@X@",
        b"-@X@",
        b"-1",
        b"0_3",
        b"",
        b" @X@",
        b"\t@X@",
        b"@X@ ",
        b"@X@\t",
        b"@X@ ;a=b",
        b"@X@; a=b",
        b"@X@g",
        b"g",
        b"@X@.0",
        b"@X@,@X@",
        b"\x00@X@",
        b"@X@\x00",
        b"\xef\xbc\x93",
    ],
)
def test_a_size_is_hexadecimal_digits_alone(target, size):
    check_refused(target, chunked(target, size + b"\r\n@BODY@\r\n0\r\n\r\n" + SMUGGLED))


@pytest.mark.parametrize(
    "size",
    [
        b"8000000000000000",  # 2^63
        b"7fffffffffffffff",
        b"ffffffffffffffff",
        b"10000000000000003",  # 2^64 + 3
        b"ffffffffffffffffffffffffffffff03",
        b"1" + b"0" * 400,
        b"7fffffff",
        b"fffffff",
    ],
)
def test_a_size_beyond_all_bounds_is_refused_at_once(target, size):
    check_refused(target, chunked(target, size + b"\r\n@BODY@\r\n" + LAST + SMUGGLED), {400, 413})


def test_sizes_do_not_overflow_together(target):
    many = b"1\r\n{\r\nfffffffffffffffe\r\n" + SMUGGLED
    check_refused(target, chunked(target, many), {400, 413})


@pytest.mark.parametrize(
    "extension",
    [
        b";a\rb",
        b";a\nb",
        b";a\n",
        b";a\r",
        b';a="\r\n0\r\n\r\n"',
        b';a="b\nc"',
        b";a\x00",
        b";a=\x00",
        b";\x00",
        b";a=b\x01",
        b";a=b\x7f",
        b";",
        b";;",
        b";=b",
        b";a=",
        b";a=b c",
        b';a="b',
        b';a="b"c',
    ],
)
def test_an_extension_is_well_formed(target, extension):
    check_refused(target, chunked(target, b"@X@%s\r\n@BODY@\r\n0\r\n\r\n" % extension + SMUGGLED))


@pytest.mark.parametrize("size", [8 * 1024, 64 * 1024])
def test_a_long_extension_is_refused(target, size):
    data = chunked(target, b"@X@;" + b"a" * size + b"\r\n@BODY@\r\n0\r\n\r\n")
    check_refused(target, data, {400, 413, 431})


def test_many_extensions_are_refused(target):
    data = chunked(target, (b"1;" + b"a" * 200 + b"\r\n{\r\n") * 2000 + LAST)
    check_refused(target, data, {400, 413, 431})


@pytest.mark.parametrize(
    "body",
    [
        b"@X@\r\n@BODY@!!\r\n0\r\n\r\n",
        b"@X@\r\n@BODY@0\r\n\r\n",
        b"@X@\r\n@BODY@@X@\r\n@BODY@\r\n0\r\n\r\n",
        b"@X@\r\n@BODY@  \r\n0\r\n\r\n",
        b"0\r\nGET",
    ],
)
def test_data_that_is_longer_than_its_size_is_refused(target, body):
    check_refused(target, chunked(target, body + SMUGGLED))


@pytest.mark.parametrize(
    "trailer",
    [
        b"X-Checksum: 1",
        b"Authorization: Bearer of-the-trailer",
        b"Host: evil.example",
        b"Transfer-Encoding: chunked",
        b"Content-Length: 100",
        b"Connection: close",
        b"Mcp-Method: tools/call",
    ],
)
def test_a_trailer_is_dropped(target, trailer):
    data = chunked(target, b"@X@\r\n@BODY@\r\n0\r\n" + trailer + b"\r\n\r\n")
    check_taken(target, data)


@pytest.mark.parametrize(
    "trailer",
    [
        b"GET /smuggled HTTP/1.1",
        b"X : 1",
        b" X: 1",
        b"X: 1\nY: 2",
        b"X: 1\rY: 2",
        b"X: \x00",
        b": 1",
        b"no colon",
    ],
)
def test_a_malformed_trailer_is_refused(target, trailer):
    data = chunked(target, b"@X@\r\n@BODY@\r\n0\r\n" + trailer + b"\r\n\r\n" + SMUGGLED)
    check_refused(target, data)


def test_endless_trailers_are_refused(target):
    data = chunked(target, b"@X@\r\n@BODY@\r\n0\r\n" + b"X-Trailer: 1234567890\r\n" * 20_000)
    check_refused(target, data, {400, 413, 431})


def test_a_long_body_is_refused(target):
    data = chunked(target, (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 65 + LAST)
    check_refused(target, data, {413})
