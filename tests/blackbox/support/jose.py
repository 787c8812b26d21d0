"""Signed texts and key sets by the system's openssl: a second implementation of RFC 7515 to test against."""

import base64
import json
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def _openssl(*arguments: str, typed: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=typed, check=True, capture_output=True, timeout=30).stdout


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class RsaKey:
    """A private key for RS256; `jwk` is its public half."""

    def __init__(self, folder: Path, kid: str):
        self.kid, self.file = kid, folder / f"{kid}.pem"
        _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(self.file))
        modulus = _openssl("rsa", "-in", str(self.file), "-modulus", "-noout").decode().strip().removeprefix("Modulus=")
        self.jwk = {"kty": "RSA", "kid": kid, "n": encoded(bytes.fromhex(modulus)), "e": "AQAB"}

    def sign(self, claims: dict, **header: str) -> str:
        head = {"alg": "RS256", "kid": self.kid} | header
        text = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        return f"{text}.{encoded(_openssl('dgst', '-sha256', '-sign', str(self.file), typed=text.encode()))}"

    def assertion(self, client_id: str, audience: str, **changes) -> dict[str, str]:
        """The parameters by which the client authenticates."""
        now = int(time.time())
        claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": str(uuid.uuid4())}
        claims |= {"iat": now, "exp": now + 60} | changes
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.sign(claims)}


class KeyServer:
    """Publishes `keys` at /keys, and where they are as an issuer does. `away`: every answer is 503."""

    def __init__(self, *keys: RsaKey):
        self.keys, self.away, self.asked = [key.jwk for key in keys], False, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.asked.append(self.path)
                documents = {
                    "/keys": {"keys": server.keys},
                    "/.well-known/openid-configuration": {"issuer": server.url, "jwks_uri": f"{server.url}/keys"},
                }
                known = self.path in documents and not server.away
                body = json.dumps(documents.get(self.path)).encode() if known else b"{}"
                self.send_response(200 if known else 503)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def public_pem(jwk: dict, folder: Path) -> Path:
    """The file of an RSA public key (DER) that openssl reads."""

    def number(text: str) -> str:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()

    structure = folder / "key.cnf"
    structure.write_text(
        "asn1=SEQUENCE:info\n[info]\nalgorithm=SEQUENCE:rsa\nkey=BITWRAP,SEQUENCE:pair\n"
        "[rsa]\nalgorithm=OID:rsaEncryption\nparameter=NULL\n"
        f"[pair]\nn=INTEGER:0x{number(jwk['n'])}\ne=INTEGER:0x{number(jwk['e'])}\n"
    )
    file = folder / "key.der"
    _openssl("asn1parse", "-genconf", str(structure), "-noout", "-out", str(file))
    return file


def verifies(key: Path, token: str, folder: Path) -> bool:
    """Whether the RS256 signature of `token` is that key's."""
    signed, _, signature = token.rpartition(".")
    (folder / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    command = ["openssl", "dgst", "-sha256", "-verify", str(key), "-keyform", "DER"]
    command += ["-signature", str(folder / "signature")]
    return subprocess.run(command, input=signed.encode(), capture_output=True, timeout=30).returncode == 0
