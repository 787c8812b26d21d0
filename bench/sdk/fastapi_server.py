"""One FastAPI server: fastapi_server.py none|sluice|reference PORT SLUICE_URL API_KEY RESOURCE"""

import sys

import uvicorn
from fastapi import FastAPI

kind, port, url, key, resource = sys.argv[1:6]
app = FastAPI()
if kind == "sluice":
    from sluice import Sluice, SluiceMiddleware

    app.add_middleware(
        SluiceMiddleware, sluice=Sluice(url, api_key=key), resource=resource, required_scopes=["notes:read"]
    )
elif kind == "reference":
    from auth_agent_mcp import AuthAgentMiddleware

    app.add_middleware(AuthAgentMiddleware, auth_server=url, api_key=key, required_scopes=["notes:read"])


@app.get("/me")
async def me() -> dict[str, bool]:
    return {"ok": True}


uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", access_log=False)
