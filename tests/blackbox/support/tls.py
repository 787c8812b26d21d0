"""Certificates made by the openssl command, and clients that speak TLS over a socket of wire.py's kind."""

import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from wire import PATIENCE_S, Connection


@dataclass
class Certificate:
    certificate: Path
    key: Path

    @property
    def fingerprint(self) -> bytes:
        return ssl.PEM_cert_to_DER_cert(self.certificate.read_text())


def make_certificate(folder: Path, name: str, *hosts: str, rsa: bool = False) -> Certificate:
    """Signed by itself; good for these hosts and for 127.0.0.1."""
    made = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
    kind = ["rsa:2048"] if rsa else ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    names = ",".join(f"DNS:{host}" for host in hosts) + ",IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-days", "2", "-subj", f"/CN={hosts[0]}"]
    command += ["-addext", f"subjectAltName={names}", "-keyout", str(made.key), "-out", str(made.certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return made


def client_context(trusted: Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(trusted.certificate))


class TlsConnection(Connection):
    """A client's end with TLS; `session` resumes an earlier one."""

    def __init__(self, port: int, context: ssl.SSLContext, host: str = "localhost", session=None):
        super().__init__(port)
        plain = self.socket
        self.socket = context.wrap_socket(plain, server_hostname=host, session=session)

    def shown(self) -> bytes:
        """The server's certificate."""
        return self.socket.getpeercert(binary_form=True)

    def say_close(self) -> None:
        """close_notify, and waits for the server's."""
        self.socket.unwrap()


def s_client(port: int, *arguments: str, stdin: str = "", limit_s: float = PATIENCE_S) -> str:
    """What the openssl command printed, on both of its outputs."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=limit_s, errors="replace")
    return done.stdout + done.stderr


def raw(port: int, data: bytes, limit_s: float = PATIENCE_S) -> bytes:
    """What a port answers to bytes that need not be TLS, up to its end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=limit_s) as plain:
        plain.sendall(data)
        answer = b""
        while piece := plain.recv(65536):
            answer += piece
        return answer
