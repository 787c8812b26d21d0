"""TLS beside nginx with the same certificate, cipher and key exchange: kept-alive requests and full handshakes."""
import re
import subprocess

import references
import sluice
from compare import Failed, compare
from outcome import Scenario, Target
from sluice import Options
from workplace import program

TOKENS = 10000
SERVER_TLS = """
[server.tls]
certificate = "{certificate}"
key = "{key}"
"""
NGINX_TLS = """server {{ listen 127.0.0.1:{{port}} ssl; default_type application/json; return 200 '{constant}';
    ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.3; ssl_ecdh_curve {group};
    ssl_conf_command Ciphersuites {cipher}; }}"""


def certificate(place):
    """A self-signed P-256 certificate and its key."""
    paths = {"certificate": place.directory / "certificate.pem", "key": place.directory / "key.pem"}
    subprocess.run([program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", paths["certificate"],
                    "-keyout", paths["key"]], check=True, capture_output=True)
    return paths


def negotiated(server):
    """(cipher, group) that the server and OpenSSL, which wrk is linked with, agree on."""
    out = subprocess.run([program("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}"], input="",
                         capture_output=True, text=True, timeout=10).stdout
    cipher = re.search(r"Cipher is (\S+)", out)
    group = re.search(r"(?:Server Temp Key|Negotiated TLS1.3 group): (\w+)", out)
    if not cipher or not group or not cipher[1].startswith("TLS_"):
        raise Failed(f"{server.name} negotiated no TLS 1.3: {out[-300:]}")
    return cipher[1], group[1]


def both(place):
    """Sluice and nginx, alike as far as TLS goes."""
    paths = certificate(place)
    server = sluice.start(place, Options(scheme="https", server_more=SERVER_TLS.format(**paths)))
    cipher, group = agreed = negotiated(server)
    http = NGINX_TLS.format(constant=references.CONSTANT, cipher=cipher, group=group, **paths)
    beside = references.nginx(place, "nginx TLS, a constant", http)
    beside.origin = f"https://127.0.0.1:{beside.port}"
    place.ready(beside)
    if negotiated(beside) != agreed:
        raise Failed(f"nginx negotiates {negotiated(beside)} where Sluice has {agreed}")
    return server, beside, " with ".join(agreed)


def run(place, load, outcome, on_run, more_headers):
    server, beside, agreed = both(place)
    tls = sluice.introspection(server, sluice.tokens_file(place, server, TOKENS))
    tls["headers"] |= more_headers
    plain = {**tls, "headers": {name: tls["headers"][name] for name in ("Content-Type", "Authorization")}}
    outcome.figures["negotiated"] = agreed
    outcome.rows = compare([sluice.plain(plain, references.floor(place)), sluice.plain(tls, beside), tls], load, on_run)


def run_kept_alive(place, load, outcome, on_run):
    run(place, load, outcome, on_run, {})


def run_handshake(place, load, outcome, on_run):
    run(place, load, outcome, on_run, {"Connection": "close"})


ABOUT = ("Both with the same P-256 certificate, TLS 1.3, and the cipher and group that Sluice and the client agree on. "
         "Sluice introspects, nginx answers a constant. The floor speaks plain HTTP.")
KEPT_ALIVE = Scenario("tls", "TLS, connections kept alive", ABOUT, run_kept_alive,
                      [Target("TLS request, kept alive, over nginx's", 1.1, "Sluice", "nginx TLS, a constant")])
HANDSHAKE = Scenario("tls-handshake", "TLS, a full handshake for each request", ABOUT + " No session is resumed; "
                     "the floor keeps its connections.", run_handshake,
                     [Target("TLS full handshake over nginx's", 1.1, "Sluice", "nginx TLS, a constant")])
