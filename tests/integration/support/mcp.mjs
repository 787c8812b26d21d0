// MCP requests by hand, and reading their event streams.

export const INITIALIZE = {
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "by-hand", version: "1.0.0" },
    },
};

export const call_message = (name, args = {}, id = 1) => ({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name, arguments: args },
});

// What a 2026-07-28 client sends with `message`, in its headers and in its body.
export function stateless(message, { version = "2026-07-28" } = {}) {
    const _meta = {
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": { name: "by-hand", version: "1.0.0" },
        "io.modelcontextprotocol/clientCapabilities": {},
    };
    const headers = { "mcp-protocol-version": version, "mcp-method": message.method };
    if (message.params?.name) headers["mcp-name"] = message.params.name;
    return { body: { ...message, params: { ...message.params, _meta } }, headers };
}

export function post(url, token, message, headers = {}, init = {}) {
    return fetch(url, {
        method: "POST",
        headers: {
            ...(token && { authorization: `Bearer ${token}` }),
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
            ...headers,
        },
        body: JSON.stringify(message),
        ...init,
    });
}

// A session of the 2025 era; returns the fields that its later requests carry.
export async function open_session(url, token) {
    const answer = await post(url, token, INITIALIZE);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`initialize: ${answer.status} ${text}`);
    const fields = {
        "mcp-session-id": answer.headers.get("mcp-session-id"),
        "mcp-protocol-version": "2025-11-25",
    };
    await (
        await post(url, token, { jsonrpc: "2.0", method: "notifications/initialized" }, fields)
    ).text();
    return fields;
}

// Yields {id, data} of an event stream, data parsed; events without data have data undefined.
export async function* events_of(answer) {
    let buffered = "";
    for await (const bytes of answer.body.pipeThrough(new TextDecoderStream())) {
        buffered += bytes;
        const blocks = buffered.split(/\r?\n\r?\n/);
        buffered = blocks.pop();
        for (const block of blocks) {
            const lines = block.split(/\r?\n/);
            const value = (name) =>
                lines
                    .filter((line) => line.startsWith(`${name}:`))
                    .map((line) => line.slice(name.length + 1).trim());
            const data = value("data").join("\n");
            const [id] = value("id");
            if (id || data) yield { id, data: data ? JSON.parse(data) : undefined };
        }
    }
}

// The one JSON-RPC answer, from a JSON body as well as from an event stream.
export async function rpc_answer(answer) {
    if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) return answer.json();
    for await (const { data } of events_of(answer)) {
        if (data && "id" in data && !("method" in data)) return data;
    }
    throw new Error("the stream ended without an answer");
}
