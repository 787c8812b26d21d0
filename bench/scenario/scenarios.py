"""The comparisons with the server on one core and the load on the other."""
import pathlib

import generator
import references
import sluice
from compare import compare, probe
from outcome import Scenario, Target
from sluice import Options
from workplace import Skipped

TOKENS = 10000  # live in every scenario that does not say otherwise


def if_there(outcome, name, make):
    """The target that `make` gives, in a list; an empty one, and a line that says why, where its server is missing."""
    try:
        return [make()]
    except Skipped as why:
        outcome.skip(name, why)
        return []


def run_introspection(place, load, outcome, on_run):
    quiet = sluice.start(place, Options())
    logged = sluice.start(place, Options("Sluice, request log", level="info"))
    asked = sluice.introspection(quiet, sluice.tokens_file(place, quiet, TOKENS))

    def oidc_provider():
        server = references.oidc_provider(place)
        return sluice.introspection(server, sluice.tokens_file(place, server, 1), "/token/introspection")
    outcome.rows = compare([
        sluice.plain(asked, references.floor(place)),
        *if_there(outcome, "nginx, a constant", lambda: sluice.plain(asked, references.nginx_constant(place))), asked,
        sluice.introspection(logged, sluice.tokens_file(place, logged, TOKENS)),
        *if_there(outcome, "node oidc-provider", oidc_provider)], load, on_run)


def run_token(place, load, outcome, on_run):
    asked = sluice.token_request(sluice.start(place, Options()))
    outcome.rows = compare([
        sluice.plain(asked, references.floor(place)), asked,
        *if_there(outcome, "node oidc-provider", lambda: sluice.token_request(references.oidc_provider(place)))],
        load, on_run)


def run_decision(place, load, outcome, on_run):
    server = sluice.start(place, Options(upstream=references.upstream(place).port))
    asked = sluice.decision(server, sluice.tokens_file(place, server, TOKENS))
    if " 404 " in probe(asked).split("\r\n")[0]:
        raise Skipped("this build of Sluice has no POST /v1/decision")
    outcome.rows = compare([sluice.plain(asked, references.floor(place)), asked], load, on_run)


def run_tools_call(place, load, outcome, on_run):
    behind = references.upstream(place)
    server = sluice.start(place, Options(upstream=behind.port))
    asked = sluice.tool_call(server, sluice.issue(server))

    def proxied():
        return sluice.plain(asked, references.nginx_proxy(place, behind.port)) | {"expect": asked["expect"]}
    outcome.rows = compare([
        sluice.plain(asked, references.floor(place)), *if_there(outcome, "nginx reverse proxy", proxied), asked,
        *if_there(outcome, "Envoy", lambda: sluice.tool_call(*references.envoy(place, behind.port)))], load, on_run)


def run_unix_socket(place, load, outcome, on_run):
    path = pathlib.Path(place.directory) / "sluice.sock"
    server = sluice.start(place, Options(listen=[f"unix:{path}"]))
    asked = sluice.introspection(server, sluice.tokens_file(place, server, TOKENS))
    drive = generator.drive(place)
    outcome.rows = compare([
        sluice.plain(asked, references.floor(place)) | {"drive": drive},
        asked | {"name": "Sluice, TCP", "drive": drive},
        asked | {"name": "Sluice, UNIX socket", "drive": generator.drive(place, unix_socket=path)}], load, on_run)


INTROSPECTION = Scenario(
    "introspection", "Introspection",
    "RFC 7662: the caller is authenticated by its secret, the token is one of 10,000 live ones, drawn at random. "
    "Beside servers that answer a constant, and node oidc-provider.", run_introspection,
    [Target("introspection, token on this core: floors", 1.20, "Sluice", "floor"),
     Target("introspection over nginx answering a constant", 1.0, "Sluice", "nginx, a constant")])
TOKEN = Scenario(
    "token", "Token by client credentials",
    "RFC 6749 section 4.4, memory store: every request issues a new opaque token, and all of them stay alive.",
    run_token, [Target("token, client_credentials, memory store: floors", 1.6, "Sluice", "floor")])
DECISION = Scenario(
    "decision", "Decision",
    "POST /v1/decision: a token verified, a tool judged by policy and by friction over eleven tools.",
    run_decision, [Target("decision (token + policy + friction): floors", 1.35, "Sluice", "floor")])
TOOLS_CALL = Scenario(
    "tools-call", "Tool call",
    "MCP tools/call: the token is verified, the tool judged by policy and by friction over eleven tools, the call "
    "forwarded to a constant upstream, the same for all, whose own cost does not count. nginx only forwards.",
    run_tools_call, [Target("tools/call over nginx's plain reverse proxy", 1.0, "Sluice", "nginx reverse proxy"),
     Target("tools/call over Envoy with JWT and MCP filter", 0.2, "Sluice", "Envoy, JWT and MCP filter")])
UNIX_SOCKET = Scenario(
    "unix-socket", "UNIX socket",
    "Introspection over a UNIX socket beside TCP. Sluice's own load generator drives all three.", run_unix_socket,
    [Target("introspection, UNIX socket over TCP", 1.0, "Sluice, UNIX socket", "Sluice, TCP")])
