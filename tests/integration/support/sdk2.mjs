// How an application uses @modelcontextprotocol/client 2.x, in one of its modes.
import {
    Client,
    StreamableHTTPClientTransport,
    UnauthorizedError,
} from "@modelcontextprotocol/client";

// mode: "legacy", "auto" or {pin: "2026-07-28"}
export const sdk2 = (mode) => ({
    name: `client 2.x, ${mode.pin ?? mode}`,
    mode,
    UnauthorizedError,
    create(url, provider, { capabilities = {} } = {}) {
        const options = { capabilities, versionNegotiation: { mode } };
        const client = new Client({ name: "integration", version: "2.0.0" }, options);
        const transport = new StreamableHTTPClientTransport(new URL(url), {
            authProvider: provider,
        });
        return { client, transport };
    },
    // Checks the callback's `iss` (RFC 9207) on the way.
    finish: (transport, callback) => transport.finishAuth(callback.searchParams),
});
