"""An MCP server with FastMCP: tokens by Sluice, friction in front of deleting."""

import os

from fastmcp import FastMCP

from sluice import FrictionConfig, Sluice, ToolFriction, friction_controlled, init_friction, record_tool_call
from sluice.fastmcp import sluice_auth

sluice = Sluice(
    os.environ.get("SLUICE_URL", "http://127.0.0.1:8080"),
    api_key=os.environ.get("SLUICE_API_KEY", "server-key-for-trying-out"),
)
init_friction(FrictionConfig(tools={"delete_note": ToolFriction(target_rate=0.03)}))

server: FastMCP = FastMCP(
    "notes", auth=sluice_auth(sluice, base_url="http://127.0.0.1:9000", required_scopes=["notes:read"])
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
    server.run(
        "http", host="127.0.0.1", port=9000, show_banner=False, stateless_http=True, json_response=True, log_level="warning"
    )
