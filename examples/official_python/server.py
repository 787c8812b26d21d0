"""An MCP server with the official SDK 2.x: tokens by Sluice, friction in front of deleting.

With 1.x the class is `mcp.server.fastmcp.FastMCP`; its arguments, and everything of Sluice, are the same.
"""

import os

import uvicorn
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from pydantic import AnyHttpUrl

from sluice import (
    FrictionConfig,
    Sluice,
    SluiceVerifier,
    ToolFriction,
    friction_controlled,
    init_friction,
    record_tool_call,
)

resource = "http://127.0.0.1:9000/mcp"
sluice = Sluice(
    os.environ.get("SLUICE_URL", "http://127.0.0.1:8080"),
    api_key=os.environ.get("SLUICE_API_KEY", "server-key-for-trying-out"),
)
init_friction(FrictionConfig(tools={"delete_note": ToolFriction(target_rate=0.03)}))

server = MCPServer(
    "notes",
    log_level="WARNING",
    token_verifier=SluiceVerifier(sluice, resource=resource),
    auth=AuthSettings(
        issuer_url=AnyHttpUrl(sluice.url), resource_server_url=AnyHttpUrl(resource), required_scopes=["notes:read"]
    ),
)
notes = {number: f"note {number}" for number in range(1, 1001)}


@server.tool()
@record_tool_call()
async def read_note(number: int) -> str:
    return notes.get(number, "")


@server.tool()
@friction_controlled()
async def delete_note(number: int) -> str:
    notes.pop(number, None)
    return f"note {number} is gone"


if __name__ == "__main__":
    app = server.streamable_http_app(stateless_http=True, json_response=True)
    uvicorn.run(app, host="127.0.0.1", port=9000, log_level="warning")
