// How an application uses @modelcontextprotocol/sdk 1.x.
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

export const sdk1 = {
    name: "SDK 1.x",
    UnauthorizedError,
    create(url, provider, { capabilities = {} } = {}) {
        const client = new Client({ name: "integration", version: "1.0.0" }, { capabilities });
        const transport = new StreamableHTTPClientTransport(new URL(url), {
            authProvider: provider,
        });
        return { client, transport };
    },
    // callback: the URL that the browser was sent back to.
    finish: (transport, callback) => transport.finishAuth(callback.searchParams.get("code")),
};
