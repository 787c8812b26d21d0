"""Sluice as the scenarios run it: its configuration, its tokens, and the requests that drive it."""
import base64
import contextlib
import json
import re
import socket
import ssl
import subprocess

from compare import Failed
from references import CLIENT_ID, CLIENT_SECRET
from workplace import Server, Skipped

CONFIG = """
[server]
listen = [{listen}]
public_url = "{public_url}"
cores = {cores}
{server_more}
[log]
level = "{level}"
[storage]
{storage}
[auth]
issuer = "{public_url}"
default_scope = "mcp:read"
access_token_ttl = "30d"
rate_limit = {{ requests = 1000000000, window = "1m" }}
[auth.scopes]
"mcp:read" = "Read"
"mcp:write" = "Write"
[[auth.client]]
client_id = "{client_id}"
client_secret = "{client_secret}"
auth_method = "client_secret_basic"
grant_types = ["client_credentials"]
scope = "mcp:read mcp:write"
introspect = true
"""

# Friction over eleven tools and rules by name: what a tool call is decided by. get_note stays below its target.
RESOURCE = """
[[resource]]
path = "/mcp"
name = "Notes"
upstream = "http://127.0.0.1:{upstream}/mcp"
required_scopes = ["mcp:read"]
[[resource.tool]]
match = "(create|update|delete)_.*"
scopes = ["mcp:write"]
[[resource.tool]]
match = ".*"
scopes = ["mcp:read"]
[resource.friction]
enabled = true
mode = "block"
"""
FRICTION_TOOL = """
[resource.friction.tools.{name}]
target_rate = {rate}
"""
FRICTION_TOOLS = {"get_note": 1.0, **{f"delete_{kind}": 0.03 for kind in
                                      ("note", "user", "file", "folder", "tag", "link", "draft", "image", "list",
                                       "team")}}
ACCESS_TOKEN = re.compile(rb'"access_token":"([^"]+)"')
FORM = "application/x-www-form-urlencoded"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "get_note", "arguments": {"id": "welcome", "format": "text"}}}


def basic():
    return "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


class Options:
    """What differs between the Sluices of the scenarios."""

    def __init__(self, name="Sluice", cores=1, cpus="0", level="warning", upstream=None, listen=(), server_more="",
                 scheme="http", storage='engine = "memory"', migrate=False):
        self.name, self.cores, self.cpus, self.level = name, cores, cpus, level
        self.storage, self.migrate = storage, migrate
        self.upstream, self.listen, self.server_more, self.scheme = upstream, listen, server_more, scheme


def start(place, options):
    """A running Sluice. Skipped, with its own words, when this build does not know what `options` ask for."""
    port = place.port()
    listen = ", ".join(f'"{address}"' for address in [f"127.0.0.1:{port}", *options.listen])
    text = CONFIG.format(listen=listen, cores=options.cores, public_url=f"{options.scheme}://127.0.0.1:{port}",
                         level=options.level, client_id=CLIENT_ID, client_secret=CLIENT_SECRET,
                         server_more=options.server_more, storage=options.storage)
    if options.upstream:
        text += RESOURCE.format(upstream=options.upstream)
        text += "".join(FRICTION_TOOL.format(name=name, rate=rate) for name, rate in FRICTION_TOOLS.items())
    config = place.write(f"sluice-{port}.toml", text)
    check = subprocess.run([place.sluice, "check-config", config], capture_output=True, text=True)
    if check.returncode:
        raise Skipped("this build of Sluice refuses the configuration: " + (check.stdout + check.stderr).strip())
    if options.migrate:
        subprocess.run([place.sluice, "migrate", "--config", config], check=True, capture_output=True)
    server = Server(options.name, port, [])
    server.config, server.cpus = config, options.cpus
    launch(place, server)
    server.origin = f"{options.scheme}://127.0.0.1:{port}"
    server.token_form = f"grant_type=client_credentials&scope=mcp:read+mcp:write&resource={server.origin}/mcp"
    return place.ready(server, "/healthz")


def launch(place, server):
    """Starts its process, again where it was stopped, and does not wait."""
    server.processes = place.launch(server.port, [[place.sluice, "serve", "--config", server.config]], server.cpus)


def restart(place, server):
    place.stop(server)
    launch(place, server)
    return place.ready(server, "/healthz")


def connect(server):
    plain = socket.create_connection(("127.0.0.1", server.port), 10)
    if not server.origin.startswith("https"):
        return plain
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain)


def read_tokens(peer, count):
    """The tokens of the next `count` answers. Each has to be whole JSON without a `}` inside."""
    answers = b""
    while answers.count(b"}") < count:
        got = peer.recv(1 << 18)
        answers += got
        if not got or b" 200 OK" not in answers[:20]:
            raise Failed(f"no token was issued: {answers[:300]}")
    return (token.decode() for token in ACCESS_TOKEN.findall(answers))


def issue_many(server, count):
    """Yields `count` tokens, asked for on many connections: answers on one come in order, each behind its own commit."""
    head = (f"POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {basic()}\r\nContent-Type: {FORM}\r\n"
            f"Content-Length: {len(server.token_form)}\r\n\r\n")
    request = (head + server.token_form).encode()
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(connect(server)) for _ in range(min(count, 100))]
        while count > 0:
            asked = peers[:count]
            for peer in asked:
                peer.sendall(request)
            for peer in asked:
                yield from read_tokens(peer, 1)
            count -= len(asked)


def issue(server):
    return next(issue_many(server, 1))


def tokens_file(place, server, count):
    """The path of a file with `count` live tokens of the server, one a line."""
    path = place.directory / f"tokens-{server.port}.txt"
    path.write_text("".join(token + "\n" for token in issue_many(server, count)))
    return path


def introspection(server, tokens, path="/introspect", **more):
    """Introspection of tokens drawn at random from a file."""
    return {"name": server.name, "url": server.origin + path, "method": "POST", "body": "token={}",
            "lines_file": str(tokens), "headers": {"Content-Type": FORM, "Authorization": basic()},
            "expect": '"active":true', "running_pids": server.pids} | more


def token_request(server, path="/token", **more):
    """Issuing one token by client credentials."""
    return {"name": server.name, "url": server.origin + path, "method": "POST", "body": server.token_form,
            "headers": {"Content-Type": FORM, "Authorization": basic()}, "expect": '"access_token"',
            "running_pids": server.pids} | more


def decision(server, tokens):
    """Asks whether the bearer of a token may call a tool."""
    body = json.dumps({"token": "{}", "resource": server.origin + "/mcp", "tool": "get_note"}, separators=(",", ":"))
    return {"name": server.name, "url": server.origin + "/v1/decision", "method": "POST", "body": body,
            "lines_file": str(tokens), "headers": {"Content-Type": "application/json", "Authorization": basic()},
            "expect": '"allowed":true', "running_pids": server.pids}


def tool_call(server, token, **more):
    """One call of an MCP tool."""
    return {"name": server.name, "url": server.origin + "/mcp", "method": "POST",
            "body": json.dumps(CALL, separators=(",", ":")),
            "headers": {"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
                        "MCP-Protocol-Version": "2025-11-25", "Authorization": f"Bearer {token}"},
            "expect": "The note is kept.", "running_pids": server.pids} | more


def plain(target, server):
    """The same request to a server that answers whatever it is asked."""
    return {key: value for key, value in target.items() if key != "expect"} | {
        "name": server.name, "url": server.origin + "/" + target["url"].split("/", 3)[3], "running_pids": server.pids}
