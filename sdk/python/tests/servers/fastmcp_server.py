"""A server of FastMCP: servers/fastmcp_server.py PORT"""

import os
import sys

from fastmcp import FastMCP

from sluice import (
    FrictionConfig,
    Sluice,
    ToolFriction,
    current_caller,
    friction_controlled,
    init_friction,
    record_tool_call,
)
from sluice.fastmcp import sluice_auth

port = int(sys.argv[1])
sluice = Sluice(os.environ["SLUICE_URL"], api_key=os.environ["SLUICE_API_KEY"])
server: FastMCP = FastMCP(
    "notes", auth=sluice_auth(sluice, base_url=f"http://127.0.0.1:{port}", required_scopes=["notes:read"])
)
init_friction(FrictionConfig(tools={"delete_note": ToolFriction(target_rate=0.03)}))


@server.tool()
@friction_controlled()
async def delete_note(note: int) -> str:
    return f"{note} is gone"


@server.tool()
@record_tool_call()
async def whoami() -> str:
    return current_caller().client_id


server.run(
    "http", host="127.0.0.1", port=port, show_banner=False, stateless_http=True, json_response=True, log_level="warning"
)
