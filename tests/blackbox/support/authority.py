"""A private certificate authority, by the openssl of the system: its keys live as long as the test."""

import ssl
import subprocess
from pathlib import Path


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=30)


def _new_key(file: Path) -> None:
    _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(file))


class Authority:
    """`file` holds its own certificate; issue() gives the server's side of TLS."""

    def __init__(self, folder: Path, name: str = "authority"):
        self.folder, self.name, self.issued = folder, name, 0
        self.key, self.file = folder / f"{name}.key", folder / f"{name}.pem"
        _new_key(self.key)
        _openssl(
            *("req", "-x509", "-new", "-key", str(self.key), "-subj", f"/CN={name}", "-days", "2"),
            *("-out", str(self.file), "-addext", "keyUsage=critical,keyCertSign"),
        )

    def issue(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        self.issued += 1
        key, request, chain, extensions = (
            self.folder / f"{self.name}-{self.issued}.{kind}" for kind in ("key", "csr", "pem", "ext")
        )
        _new_key(key)
        _openssl("req", "-new", "-key", str(key), "-subj", "/CN=server", "-out", str(request))
        kinds = [("IP" if name[0].isdigit() else "DNS") + ":" + name for name in names]
        extensions.write_text("subjectAltName=" + ",".join(kinds))
        _openssl(
            *("x509", "-req", "-in", str(request), "-CA", str(self.file), "-CAkey", str(self.key)),
            *("-CAcreateserial", "-days", "-1" if expired else "1", "-extfile", str(extensions)),
            *("-out", str(chain)),
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        return context


def self_signed(folder: Path, name: str) -> ssl.SSLContext:
    key, certificate = folder / "self.key", folder / "self.pem"
    _new_key(key)
    _openssl(
        *("req", "-x509", "-new", "-key", str(key), "-subj", f"/CN={name}", "-days", "1"),
        *("-addext", f"subjectAltName=DNS:{name}", "-out", str(certificate)),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
