// What clients in other languages send to the gateway, and where they look for metadata.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { bare, bare_json } from "../support/bare_request.mjs";
import { stop_all } from "../support/child.mjs";
import { call_message, INITIALIZE, rpc_answer, stateless, post } from "../support/mcp.mjs";
import { obtain_token } from "../support/oauth.mjs";
import { serve_all } from "../support/sluice.mjs";
import { both_eras_server, python_server } from "../support/upstreams.mjs";

const JSON_FIRST = "application/json, text/event-stream";
const EVENTS_FIRST = "text/event-stream, application/json";

// The parameters of a Bearer challenge as the SDKs read them: a pattern, no escapes.
function challenge_of({ headers }) {
    const text = headers["www-authenticate"];
    assert.match(text, /^Bearer [a-z_]+="/, text);
    assert.doesNotMatch(text, /\\/);
    return Object.fromEntries(
        [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
}

describe("the gateway, as other clients call it,", () => {
    let both, python, sluice, token, python_token;

    before(async () => {
        both = await both_eras_server();
        python = await python_server();
        sluice = await serve_all({
            resources: [
                { upstream: both.url },
                { path: "/python", name: "Python", upstream: python.url },
            ],
        });
        token = (await obtain_token(sluice)).access_token;
        python_token = (await obtain_token(sluice, { path: "/python" })).access_token;
    });
    after(() =>
        stop_all(
            () => both?.stop(),
            () => python?.stop(),
            () => sluice?.stop(),
        ),
    );

    test("challenges a bare GET of its URL", async () => {
        const headers = { Accept: "*/*", "MCP-Protocol-Version": "2024-11-05" };
        const answer = await bare("GET", sluice.url("/mcp"), { headers });
        assert.equal(answer.status, 401);
        const { resource_metadata, scope, error } = challenge_of(answer);
        assert.equal(error, undefined, "no error where no token was sent");
        assert.ok(scope.split(" ").includes("mcp:read"));
        assert.ok(!scope.split(" ").includes("offline_access"));
        const metadata = await bare("GET", resource_metadata);
        assert.equal(metadata.json.resource, String(sluice.url("/mcp")));
    });

    test("describes each resource where clients look for it", async () => {
        for (const path of ["/mcp", "/python"]) {
            const inserted = await bare(
                "GET",
                sluice.url(`/.well-known/oauth-protected-resource${path}`),
            );
            assert.equal(inserted.status, 200);
            assert.equal(inserted.json.resource, String(sluice.url(path)));
            assert.deepEqual(inserted.json.authorization_servers, [sluice.origin]);
        }
        const root = await bare("GET", sluice.url("/.well-known/oauth-protected-resource"));
        assert.equal(root.status, 200);
        assert.equal(root.json.resource, String(sluice.url("/mcp")));
    });

    test("has 404 as JSON where nothing is served", async () => {
        for (const path of [
            "/.well-known/oauth-protected-resource/nothing-here",
            "/.well-known/anything-else",
            "/mcp/.well-known/openid-configuration",
            "/mcp/.well-known/oauth-authorization-server",
        ]) {
            const answer = await bare("GET", sluice.url(path));
            assert.equal(answer.status, 404, path);
            assert.match(answer.headers["content-type"], /json/, path);
        }
    });

    test("names the server's metadata alike at every place", async () => {
        for (const path of [
            "/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server/mcp",
            "/.well-known/openid-configuration/mcp",
        ]) {
            const headers = {
                "MCP-Protocol-Version": "2026-07-28",
                Host: `127.0.0.1:${sluice.port}`,
            };
            const answer = await bare("GET", sluice.url(path), { headers });
            assert.ok([200, 404].includes(answer.status), `${path} ${answer.status}`);
            if (answer.status === 200) assert.equal(answer.json.issuer, sluice.origin);
        }
    });

    test("believes no Host and no X-Forwarded-Host about itself", async () => {
        for (const headers of [
            { Host: "evil.example" },
            { "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https" },
        ]) {
            const answer = await bare(
                "GET",
                sluice.url("/.well-known/oauth-authorization-server"),
                { headers },
            );
            assert.doesNotMatch(answer.text, /evil/);
            const challenged = await bare("POST", sluice.url("/mcp"), { headers });
            assert.doesNotMatch(challenged.headers["www-authenticate"] ?? "", /evil/);
        }
    });

    test("initializes for a client that names its version too early", async () => {
        const early = { "MCP-Protocol-Version": "2025-11-25", Accept: EVENTS_FIRST };
        for (const [path, bearer] of [
            ["/mcp", token],
            ["/python", python_token],
        ]) {
            const answer = await bare_json(sluice.url(path), INITIALIZE, {
                Authorization: `bearer ${bearer}`,
                ...early,
            });
            assert.equal(answer.status, 200, answer.text);
            assert.match(answer.text, /"protocolVersion":\s*"2025-11-25"/);
        }
    });

    test("lets a 2025 initialize ask for 2026-07-28", async () => {
        const params = { ...INITIALIZE.params, protocolVersion: "2026-07-28" };
        const answer = await post(sluice.url("/python"), python_token, { ...INITIALIZE, params });
        const { result } = await rpc_answer(answer);
        assert.match(result.protocolVersion, /^2025-/);
    });

    test("refuses a stale token as often as it comes", async () => {
        const stale = { Authorization: "Bearer sat_stale", Accept: JSON_FIRST };
        for (let attempt = 0; attempt < 3; ++attempt) {
            const answer = await bare_json(sluice.url("/mcp"), INITIALIZE, stale);
            assert.equal(answer.status, 401);
            const { error, error_description = "" } = challenge_of(answer);
            assert.equal(error, "invalid_token");
            assert.doesNotMatch(error_description, /(?:scope|error)=/);
        }
    });

    test("refuses a token that is meant for another resource", async () => {
        const answer = await post(sluice.url("/python"), token, INITIALIZE);
        await answer.text();
        assert.equal(answer.status, 401);
    });

    test("challenges for granted and needed scopes together", async () => {
        const answer = await bare_json(
            sluice.url("/mcp"),
            call_message("delete_note", { id: "x" }),
            {
                Authorization: `Bearer ${token}`,
                Accept: JSON_FIRST,
                "MCP-Protocol-Version": "2025-11-25",
            },
        );
        assert.equal(answer.status, 403, answer.text);
        const { error, scope, resource_metadata } = challenge_of(answer);
        assert.equal(error, "insufficient_scope");
        assert.deepEqual(scope.split(" ").sort(), ["mcp:read", "mcp:write"]);
        assert.equal(
            resource_metadata,
            String(sluice.url("/.well-known/oauth-protected-resource/mcp")),
        );
    });

    test("reads a name that travels encoded", async () => {
        const { body, headers } = stateless(call_message("get_note", { id: "first" }));
        const encoded = `=?base64?${Buffer.from("get_note").toString("base64")}?=`;
        const answer = await post(sluice.url("/mcp"), token, body, {
            ...headers,
            "mcp-name": encoded,
        });
        const { result } = await rpc_answer(answer);
        assert.equal(result.content[0].text, "hello");
    });

    test("invents no Accept", async () => {
        const message = { jsonrpc: "2.0", id: 1, method: "tools/list" };
        await bare_json(sluice.url("/mcp"), message, { Authorization: `Bearer ${token}` });
        const { headers } = (await both.seen()).at(-1);
        assert.equal(headers.accept, undefined);
    });
});
