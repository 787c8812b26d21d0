"""A server of the official SDK, whichever version is installed: servers/official_server.py PORT"""

import importlib
import os
import sys
from typing import Any

import uvicorn
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl

from sluice import (
    FrictionConfig,
    Sluice,
    SluiceVerifier,
    ToolFriction,
    current_caller,
    friction_controlled,
    init_friction,
    record_tool_call,
)

port = int(sys.argv[1])
resource = f"http://127.0.0.1:{port}/mcp"
sluice = Sluice(os.environ["SLUICE_URL"], api_key=os.environ["SLUICE_API_KEY"])
settings: dict[str, Any] = {
    "token_verifier": SluiceVerifier(sluice, resource=resource),
    "auth": AuthSettings(
        issuer_url=AnyHttpUrl(sluice.url), resource_server_url=AnyHttpUrl(resource), required_scopes=["notes:read"]
    ),
}
server: Any
try:
    from mcp.server.mcpserver import MCPServer

    server = MCPServer("notes", **settings)
    http: dict[str, Any] = {"stateless_http": True, "json_response": True}
except ImportError:  # 1.x
    first: Any = importlib.import_module("mcp.server.fastmcp")
    server = first.FastMCP("notes", stateless_http=True, json_response=True, **settings)
    http = {}

init_friction(FrictionConfig(tools={"delete_note": ToolFriction(target_rate=0.03)}))


@server.tool()  # type: ignore[untyped-decorator]
@friction_controlled()
async def delete_note(note: int) -> str:
    return f"{note} is gone"


@server.tool()  # type: ignore[untyped-decorator]
@record_tool_call()
async def whoami() -> str:
    return current_caller().client_id


uvicorn.run(server.streamable_http_app(**http), host="127.0.0.1", port=port, log_level="warning")
