// What only sessions of the 2025 era have, through the gateway: the server's own requests, progress
// as it happens, resuming by Last-Event-ID, ending by DELETE.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
    CreateMessageRequestSchema,
    ListRootsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";

import { stop_all } from "../support/child.mjs";
import { call_message, events_of, open_session, post } from "../support/mcp.mjs";
import { obtain_token } from "../support/oauth.mjs";
import { serve_all } from "../support/sluice.mjs";
import { everything_server } from "../support/upstreams.mjs";

const LONG_RUNNING = "trigger-long-running-operation";

describe("a session of the 2025 era", () => {
    let upstream, sluice, url, token;

    before(async () => {
        upstream = await everything_server();
        sluice = await serve_all({ resources: [{ upstream: upstream.url }] });
        url = sluice.url("/mcp");
        token = (await obtain_token(sluice)).access_token;
    });
    after(() =>
        stop_all(
            () => upstream?.stop(),
            () => sluice?.stop(),
        ),
    );

    async function connected(capabilities = {}, prepare = () => {}) {
        const client = new Client({ name: "sessions", version: "1.0.0" }, { capabilities });
        prepare(client);
        const headers = { authorization: `Bearer ${token}` };
        const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
        await client.connect(transport);
        return { client, transport };
    }

    test("brings the server's requests over the GET stream, and answers back", async () => {
        const asked = Promise.withResolvers();
        const { client } = await connected({ roots: { listChanged: true } }, (made) =>
            made.setRequestHandler(ListRootsRequestSchema, () => {
                asked.resolve();
                return { roots: [{ uri: "file:///project", name: "project" }] };
            }),
        );
        await asked.promise;
        await new Promise((resolve) => setTimeout(resolve, 100));
        const result = await client.callTool({ name: "get-roots-list", arguments: {} });
        assert.match(result.content[0].text, /file:\/\/\/project/);
        await client.close();
    });

    test("brings the server's question inside a tool call, and its answer", async () => {
        const { client } = await connected({ sampling: {} }, (made) =>
            made.setRequestHandler(CreateMessageRequestSchema, () => ({
                model: "a-model",
                role: "assistant",
                content: { type: "text", text: "forty-two" },
            })),
        );
        // The tool appears once the server knows that the client can answer.
        await client.listTools();
        const call = {
            name: "trigger-sampling-request",
            arguments: { prompt: "What is six by seven?" },
        };
        const result = await client.callTool(call);
        assert.match(result.content[0].text, /forty-two/);
        await client.close();
    });

    test("shows progress as it happens", async () => {
        const { client } = await connected();
        const times = [];
        const call = { name: LONG_RUNNING, arguments: { duration: 1.2, steps: 4 } };
        await client.callTool(call, undefined, { onprogress: () => times.push(performance.now()) });
        assert.equal(times.length, 4);
        assert.ok(times.at(-1) - times[0] > 600, `all at once: ${times}`);
        await client.close();
    });

    test("goes on after a broken stream where Last-Event-ID tells", async () => {
        const session = await open_session(url, token);
        const message = call_message(LONG_RUNNING, { duration: 1, steps: 4 }, 7);
        message.params._meta = { progressToken: "p" };
        const broken = new AbortController();
        const answer = await post(url, token, message, session, { signal: broken.signal });
        assert.match(answer.headers.get("content-type"), /^text\/event-stream/);
        let last_id;
        for await (const { id } of events_of(answer)) {
            last_id = id;
            if (last_id) break;
        }
        broken.abort();
        const headers = {
            ...session,
            authorization: `Bearer ${token}`,
            accept: "text/event-stream",
        };
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        const resumed = await fetch(url, { headers: { ...headers, "last-event-id": last_id } });
        assert.equal(resumed.status, 200);
        for await (const { data } of events_of(resumed)) {
            if (data?.id !== 7) continue;
            assert.match(data.result.content[0].text, /completed/);
            return;
        }
        assert.fail("the answer was not replayed");
    });

    test("frees the server's stream when the client hangs up", async () => {
        const session = await open_session(url, token);
        const headers = {
            ...session,
            authorization: `Bearer ${token}`,
            accept: "text/event-stream",
        };
        const first = new AbortController();
        const opened = await fetch(url, { headers, signal: first.signal });
        assert.equal(opened.status, 200);
        const second = await fetch(url, { headers });
        assert.equal(second.status, 409, "the server allows one stream a session");
        await second.text();
        first.abort();
        const deadline = Date.now() + 1_000;
        let again;
        do {
            await again?.body?.cancel();
            await new Promise((resolve) => setTimeout(resolve, 50));
            again = await fetch(url, { headers });
        } while (again.status === 409 && Date.now() < deadline);
        assert.equal(again.status, 200);
        await again.body.cancel();
    });

    test("ends by DELETE", async () => {
        const { client, transport } = await connected();
        const fields = {
            "mcp-session-id": transport.sessionId,
            "mcp-protocol-version": "2025-11-25",
        };
        await transport.terminateSession();
        const answer = await post(url, token, call_message("echo", { message: "x" }), fields);
        await answer.text();
        assert.ok([400, 404].includes(answer.status), `${answer.status}`);
        await client.close();
    });
});
