"""A notes server on the Python SDK; arguments: port, and for https the files of a certificate and its key.

GET /seen tells the requests it got.
"""

import sys

import uvicorn
from mcp.server.mcpserver import MCPServer
from starlette.requests import Request
from starlette.responses import JSONResponse

server = MCPServer("notes-python")
notes = {"first": "hello"}
seen: list[dict] = []


@server.tool()
def list_notes() -> str:
    return "\n".join(notes)


@server.tool()
def get_note(id: str) -> str:
    return notes.get(id, "no such note")


@server.tool()
def create_note(id: str, text: str) -> str:
    notes[id] = text
    return f"created {id}"


@server.tool()
def delete_note(id: str) -> str:
    return f"deleted {id}" if notes.pop(id, None) is not None else f"no note {id}"


@server.custom_route("/seen", methods=["GET"])
async def tell(_: Request) -> JSONResponse:
    return JSONResponse(seen)


class Recorder:
    """Remembers method, path and fields of every request, then passes it on."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"] != "/seen":
            fields = {name.decode(): value.decode() for name, value in scope["headers"]}
            seen.append({"method": scope["method"], "url": scope["path"], "headers": fields})
        await self.app(scope, receive, send)


if __name__ == "__main__":
    app = Recorder(server.streamable_http_app())
    port, *files = sys.argv[1:]
    tls = dict(zip(("ssl_certfile", "ssl_keyfile"), files))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", **tls)
