"""Sluice as the scenarios run it: its configuration, its tokens, and the requests that drive it."""
import base64
import json
import subprocess

from compare import Failed
from references import CLIENT_ID, CLIENT_SECRET
from workplace import Skipped

CONFIG = """
[server]
listen = [{listen}]
public_url = "{public_url}"
cores = {cores}
{server_more}
[log]
level = "{level}"
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
FORM = "application/x-www-form-urlencoded"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "get_note", "arguments": {"id": "welcome", "format": "text"}}}


def basic():
    return "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


class Options:
    """What differs between the Sluices of the scenarios."""

    def __init__(self, name="Sluice", cores=1, cpus="0", level="warning", upstream=None, listen=(), server_more="",
                 scheme="http"):
        self.name, self.cores, self.cpus, self.level = name, cores, cpus, level
        self.upstream, self.listen, self.server_more, self.scheme = upstream, listen, server_more, scheme


def start(place, options):
    """A running Sluice. Skipped, with its own words, when this build does not know what `options` ask for."""
    port = place.port()
    listen = ", ".join(f'"{address}"' for address in [f"127.0.0.1:{port}", *options.listen])
    text = CONFIG.format(listen=listen, cores=options.cores, public_url=f"{options.scheme}://127.0.0.1:{port}",
                         level=options.level, client_id=CLIENT_ID, client_secret=CLIENT_SECRET,
                         server_more=options.server_more)
    if options.upstream:
        text += RESOURCE.format(upstream=options.upstream)
        text += "".join(FRICTION_TOOL.format(name=name, rate=rate) for name, rate in FRICTION_TOOLS.items())
    config = place.write(f"sluice-{port}.toml", text)
    check = subprocess.run([place.sluice, "check-config", config], capture_output=True, text=True)
    if check.returncode:
        raise Skipped("this build of Sluice refuses the configuration: " + (check.stdout + check.stderr).strip())
    server = place.start(options.name, port, [[place.sluice, "serve", "--config", config]], options.cpus)
    server.origin = f"{options.scheme}://127.0.0.1:{port}"
    server.token_form = f"grant_type=client_credentials&scope=mcp:read+mcp:write&resource={server.origin}/mcp"
    return place.ready(server, "/healthz")


def post(url, body, *more):
    """The JSON that a POST of a form is answered with."""
    command = ["curl", "-s", "-k", "-m", "10", "-H", f"Authorization: {basic()}", "--data-binary", body, *more, url]
    text = subprocess.run(command, capture_output=True, text=True).stdout
    try:
        return json.loads(text)
    except ValueError as problem:
        raise Failed(f"{url} answered no JSON: {text[:300]}") from problem


def issue(server, path="/token"):
    answer = post(server.origin + path, server.token_form)
    if "access_token" not in answer:
        raise Failed(f"{server.name} issued no token: {answer}")
    return answer["access_token"]


def tokens_file(place, server, count):
    """The path of a file with `count` live tokens of the server, one a line."""
    url = [server.origin + "/token"] * count
    configuration = place.write("curl.txt", "\n".join(f'url = "{one}"' for one in url))
    done = subprocess.run(["curl", "-s", "-k", "-H", f"Authorization: {basic()}", "-w", "\\n", "--data-binary",
                           server.token_form, "-K", configuration], capture_output=True, text=True)
    tokens = [json.loads(line)["access_token"] for line in done.stdout.splitlines() if line]
    if len(tokens) != count:
        raise Failed(f"{len(tokens)} of {count} tokens were issued: {done.stdout[:300]}")
    return place.write(f"tokens-{server.port}.txt", "\n".join(tokens) + "\n")


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
