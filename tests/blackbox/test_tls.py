"""TLS at the edge: what is agreed on, what is refused, and certificates that change under load."""

import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from sluice import free_port
from tls import TlsConnection, client_context, make_certificate, raw, s_client
from wire import PeerClosed

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def first(folder):
    return make_certificate(folder, "first", "localhost")


@pytest.fixture(scope="module")
def second(folder):
    return make_certificate(folder, "second", "second.example", "*.wild.example", rsa=True)


def settings(port, certificate, *also, more=""):
    lines = [more, "[server.tls]", f'listen = ["127.0.0.1:{port}"]']
    for each in [certificate, *also]:
        if each is not certificate:
            lines.append("[[server.tls.also]]")
        lines += [f'certificate = "{each.certificate}"', f'key = "{each.key}"']
    return "\n".join(lines)


def wait_for(port):
    """The TLS port listens a moment after the plain one."""
    deadline = time.monotonic() + 5
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def secure(start, first, second):
    """A sluice with TLS at `tls_port`, beside its plain port."""
    port = free_port()
    running = start(more_server=settings(port, first, second, more='header_timeout = "1s"'))
    running.tls_port = port
    wait_for(port)
    return running


def check_healthy(connection):
    connection.send(REQUEST)
    answer = connection.answer()
    assert answer.status == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize("version", ["--tls-max 1.2", "--tlsv1.3"])
def test_curl_is_answered_with_each_version(secure, first, version):
    url = f"https://localhost:{secure.tls_port}/healthz"
    command = ["curl", "-sS", "--cacert", str(first.certificate), *version.split()]
    command += ["-w", "%{http_code} %{ssl_verify_result}", url]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == '{"status":"ok"}200 0', done.stderr


def test_older_versions_are_refused(secure):
    for version in ("-tls1_1", "-tls1"):
        shown = s_client(secure.tls_port, version, "-cipher", "ALL:@SECLEVEL=0")
        assert "alert protocol version" in shown
        assert "Cipher is (NONE)" in shown


def test_ciphers_without_forward_secrecy_are_refused(secure):
    shown = s_client(secure.tls_port, "-tls1_2", "-cipher", "AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0")
    assert "alert handshake failure" in shown


def test_groups_are_taken_by_the_servers_order(secure):
    shown = s_client(secure.tls_port, "-groups", "P-256:X25519")
    assert "Server Temp Key: X25519" in shown
    assert "Server Temp Key: ECDH, prime256v1" in s_client(secure.tls_port, "-groups", "P-256")
    assert "alert handshake failure" in s_client(secure.tls_port, "-groups", "P-521")


def test_the_protocol_is_http11_or_none(secure):
    assert "ALPN protocol: http/1.1" in s_client(secure.tls_port, "-alpn", "h2,http/1.1")
    assert "No ALPN negotiated" in s_client(secure.tls_port)
    assert "alert no application protocol" in s_client(secure.tls_port, "-alpn", "h2")


def test_renegotiation_is_refused(secure, first):
    shown = s_client(secure.tls_port, "-tls1_2", stdin="R\n" + REQUEST.decode())
    assert "RENEGOTIATING" in shown
    assert "no renegotiation" in shown
    assert "HTTP/1.1" not in shown
    with TlsConnection(secure.tls_port, client_context(first)) as connection:
        check_healthy(connection)


def test_early_data_is_not_taken(secure, folder):
    early = folder / "early"
    early.write_bytes(REQUEST)
    session = str(folder / "session")
    with subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{secure.tls_port}", "-sess_out", session],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as first_visit:
        first_visit.stdin.write(REQUEST)
        first_visit.stdin.flush()
        while b'"ok"' not in first_visit.stdout.readline():
            pass
        first_visit.stdin.close()
    assert os.path.getsize(session) > 0
    shown = s_client(secure.tls_port, "-sess_in", session, "-early_data", str(early))
    assert "Reused, TLSv1.3" in shown
    assert "Early data was not sent" in shown or "Early data was rejected" in shown
    assert '"ok"' not in shown


def test_an_ssl2_hello_is_ended_without_an_answer(secure):
    hello = bytes.fromhex("802e0100020015000000100100800300800700c0") + bytes(28)
    assert b"HTTP" not in raw(secure.tls_port, hello)


def test_garbage_is_ended_by_an_alert_alone(secure):
    answer = raw(secure.tls_port, b"\x16\x03\x01\x00\x05hello")
    assert answer[:1] == b"\x15" and len(answer) == 7


def test_plain_http_is_told_in_plain_http(secure):
    for request in (REQUEST, b"POST /token HTTP/1.1\r\nContent-Length: 9\r\n\r\n" + b"x" * 100_000):
        answer = raw(secure.tls_port, request)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n"), answer
        assert "https://" in json.loads(body)["error_description"]


def test_records_of_one_byte_are_read(secure, first):
    with TlsConnection(secure.tls_port, client_context(first)) as connection:
        for _ in range(2):
            for byte in REQUEST:
                connection.send(bytes([byte]))
            assert connection.answer().status == 200


def test_a_hello_of_single_bytes_is_read(secure, first):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = client_context(first).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", secure.tls_port), timeout=5) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            try:
                session.do_handshake()
                break
            except ssl.SSLWantReadError:
                for byte in outgoing.read():
                    plain.sendall(bytes([byte]))
                incoming.write(plain.recv(65536))
        assert session.version() == "TLSv1.3"


def test_a_slow_handshake_ends_with_the_time_of_a_header(secure):
    for start in (b"", b"\x16\x03\x01"):
        began = time.monotonic()
        raw(secure.tls_port, start)
        assert 0.8 < time.monotonic() - began < 4


def test_an_idle_connection_outlives_that_time(secure, first):
    with TlsConnection(secure.tls_port, client_context(first)) as connection:
        time.sleep(1.6)
        check_healthy(connection)
        time.sleep(1.6)
        check_healthy(connection)


def test_a_body_without_close_notify_is_not_a_whole_one(secure, first):
    with TlsConnection(secure.tls_port, client_context(first)) as connection:
        connection.send(b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\ngrant_type=")
        plain = socket.socket(fileno=os.dup(connection.socket.fileno()))
        plain.shutdown(socket.SHUT_WR)
        with pytest.raises((PeerClosed, ssl.SSLError)):
            connection.answer()
        plain.close()
    time.sleep(0.3)
    assert '"path":"/token"' not in secure.output()


def test_a_close_is_answered_by_a_close(secure, first):
    with TlsConnection(secure.tls_port, client_context(first)) as connection:
        check_healthy(connection)
        connection.say_close()


def test_an_answer_that_ends_with_the_connection_is_ended_by_close_notify(secure, first):
    with TlsConnection(secure.tls_port, client_context(first)) as connection:
        connection.send(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert connection.answer().status == 200
        connection.socket.suppress_ragged_eofs = False
        assert connection.rest() == b""


def test_each_host_is_shown_its_certificate(secure, first, second):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    hosts = [("localhost", first), ("unknown.example", first), ("second.example", second)]
    hosts += [("a.wild.example", second), ("wild.example", first)]
    for host, expected in hosts:
        with TlsConnection(secure.tls_port, context, host) as connection:
            assert connection.shown() == expected.fingerprint, host


def test_tickets_resume_on_every_core(secure, first):
    context = client_context(first)
    with TlsConnection(secure.tls_port, context) as connection:
        check_healthy(connection)
        session = connection.socket.session
    for _ in range(12):
        with TlsConnection(secure.tls_port, context, session=session) as connection:
            assert connection.socket.session_reused
            check_healthy(connection)


def test_handshakes_are_counted(secure, first):
    context = client_context(first)
    with TlsConnection(secure.tls_port, context) as connection:
        check_healthy(connection)
        session = connection.socket.session
    TlsConnection(secure.tls_port, context, session=session).close()
    raw(secure.tls_port, REQUEST)
    with TlsConnection(secure.tls_port, context) as connection:
        connection.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        counts = connection.answer().text
    assert 'sluice_tls_handshakes_total{result="full"} 2' in counts
    assert 'sluice_tls_handshakes_total{result="resumed"} 1' in counts
    assert 'sluice_tls_handshakes_total{result="failed"} 2' in counts, "wait_for() was one"


def test_certificates_change_under_load_and_no_request_fails(start, folder, first, second):
    port = free_port()
    live = make_certificate(folder, "live", "localhost")
    other = make_certificate(folder, "other", "localhost")
    originals = {kind: Path(getattr(live, kind)).read_bytes() for kind in ("certificate", "key")}
    replacements = {kind: Path(getattr(other, kind)).read_bytes() for kind in ("certificate", "key")}
    running = start(more_server=settings(port, live, second))
    wait_for(port)
    trusted = folder / "both.pem"
    trusted.write_bytes(originals["certificate"] + replacements["certificate"])
    context = ssl.create_default_context(cafile=str(trusted))

    kept = TlsConnection(port, context)
    check_healthy(kept)
    failed, answered = [], [0]
    over = threading.Event()

    def load():
        while not over.is_set():
            try:
                with TlsConnection(port, context) as connection:
                    check_healthy(connection)
                    check_healthy(connection)
                answered[0] += 1
            except Exception as error:  # noqa: BLE001: every kind of it is a failure
                failed.append(error)

    def put(files):
        live.certificate.write_bytes(files["certificate"])
        live.key.write_bytes(files["key"])

    def hang_up(count_before, event):
        running.child.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 5
        while running.output().count(f'"event_type":"{event}"') <= count_before:
            assert time.monotonic() < deadline, running.output()[-2000:]
            time.sleep(0.01)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for round_number in range(10):
        put(replacements if round_number % 2 == 0 else originals)
        hang_up(round_number, "certificates_read")
        expected = ssl.PEM_cert_to_DER_cert(live.certificate.read_text())
        with TlsConnection(port, context) as connection:
            assert connection.shown() == expected
        live.key.write_bytes(b"-----BEGIN PRIVATE KEY-----\nbroken\n-----END PRIVATE KEY-----\n")
        hang_up(round_number, "certificates_refused")
        with TlsConnection(port, context) as connection:
            assert connection.shown() == expected, "the old one stays"
    over.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert answered[0] > 10
    check_healthy(kept)
    kept.close()
    assert "live.key" in running.output()


def test_hangup_by_the_hundred_changes_nothing_for_clients(secure, first):
    context = client_context(first)
    with TlsConnection(secure.tls_port, context) as connection:
        for _ in range(100):
            secure.child.send_signal(signal.SIGHUP)
            check_healthy(connection)
    with TlsConnection(secure.tls_port, context) as connection:
        check_healthy(connection)


def test_a_broken_certificate_ends_the_start_with_key_and_line(start, folder, first):
    broken = make_certificate(folder, "broken", "localhost")
    broken.key.write_bytes(first.key.read_bytes())
    said = r"sluice\.toml:\d+: server\.tls\.key: .*broken\.key: The private key does not match"
    with pytest.raises(RuntimeError, match=said):
        start(more_server=settings(free_port(), broken))
