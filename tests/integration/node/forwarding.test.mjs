// What the server behind the gateway gets to see.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { stop_all } from "../support/child.mjs";
import { call_message, post, rpc_answer, stateless } from "../support/mcp.mjs";
import { obtain_token } from "../support/oauth.mjs";
import { serve_all } from "../support/sluice.mjs";
import { both_eras_server } from "../support/upstreams.mjs";

describe("the server behind the gateway", () => {
    let upstream, sluice, url, token;

    before(async () => {
        upstream = await both_eras_server();
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

    test("sees the person, never the client's token or a name it made up", async () => {
        const invented = { "x-sluice-subject": "mallory", "X-Sluice-Scopes": "mcp:write" };
        const answer = await post(
            url,
            token,
            { jsonrpc: "2.0", id: 1, method: "tools/list" },
            invented,
        );
        assert.equal(answer.status, 200, await answer.text());
        const { headers } = (await upstream.seen()).at(-1);
        assert.equal(headers.authorization, undefined);
        assert.equal(headers.host, `127.0.0.1:${upstream.port}`);
        assert.equal(headers["x-sluice-subject"], "alice");
        assert.equal(headers["x-sluice-client"], "pub");
        assert.equal(headers["x-sluice-scopes"], "mcp:read");
    });

    test("gets the fields of its protocol, unknown Mcp-Param-* among them", async () => {
        const { body, headers } = stateless(call_message("get_note", { id: "first" }));
        const answer = await post(url, token, body, { ...headers, "Mcp-Param-Region": "eu" });
        const { result } = await rpc_answer(answer);
        assert.equal(result.content[0].text, "hello");
        const { headers: got } = (await upstream.seen()).at(-1);
        assert.equal(got["mcp-param-region"], "eu");
        assert.equal(got["mcp-method"], "tools/call");
        assert.equal(got["mcp-name"], "get_note");
        assert.equal(got["mcp-protocol-version"], "2026-07-28");
    });

    test("gets nothing of a request whose headers and body disagree", async () => {
        const before = (await upstream.seen()).length;
        const { body, headers } = stateless(call_message("delete_note", { id: "first" }));
        const answer = await post(url, token, body, { ...headers, "mcp-name": "get_note" });
        assert.equal(answer.status, 400);
        const { error, id } = await answer.json();
        assert.equal(error.code, -32020);
        assert.equal(id, 1);
        assert.equal((await upstream.seen()).length, before);
    });

    test("is not reached with a foreign Origin", async () => {
        const before = (await upstream.seen()).length;
        const message = { jsonrpc: "2.0", id: 1, method: "tools/list" };
        const answer = await post(url, token, message, { origin: "https://evil.example" });
        await answer.text();
        assert.equal(answer.status, 403);
        assert.equal((await upstream.seen()).length, before);
    });

    test("is not reached without a token, with a dead one, or with one in the query", async () => {
        const before = (await upstream.seen()).length;
        const message = { jsonrpc: "2.0", id: 1, method: "tools/list" };
        const in_query = new URL(`?access_token=${token}`, url);
        for (const [target, bearer] of [[url], [url, "sat_dead"], [in_query]]) {
            const answer = await post(target, bearer, message);
            await answer.text();
            assert.equal(answer.status, 401);
            assert.match(answer.headers.get("www-authenticate"), /^Bearer /);
            const error = /error="invalid_token"/.test(answer.headers.get("www-authenticate"));
            assert.equal(error, bearer !== undefined);
        }
        assert.equal((await upstream.seen()).length, before);
    });

    test("being down is told as an error of the request", async () => {
        const { port } = upstream;
        await upstream.stop();
        const answer = await post(url, token, call_message("list_notes", {}, 77));
        assert.equal(answer.status, 502, `${port}`);
        const { id, error } = await answer.json();
        assert.equal(id, 77);
        assert.ok(error.message);
    });
});
