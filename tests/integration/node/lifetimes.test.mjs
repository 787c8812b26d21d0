// Things end: access tokens by the clock, refresh tokens by use, the process by SIGTERM.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { stop_all } from "../support/child.mjs";
import { call_message, open_session, post, rpc_answer } from "../support/mcp.mjs";
import { MemoryProvider } from "../support/memory_provider.mjs";
import { obtain_token, post_form } from "../support/oauth.mjs";
import { Person } from "../support/person.mjs";
import { sdk1 } from "../support/sdk1.mjs";
import { sdk2 } from "../support/sdk2.mjs";
import { sign_in } from "../support/sign_in.mjs";
import { serve_all } from "../support/sluice.mjs";
import { everything_server } from "../support/upstreams.mjs";

const ECHO = { name: "echo", arguments: { message: "hello" } };

describe("tokens that live for two seconds", () => {
    let upstream, sluice;

    before(async () => {
        upstream = await everything_server();
        sluice = await serve_all({
            access_token_ttl: "2s",
            resources: [{ upstream: upstream.url }],
        });
    });
    after(() =>
        stop_all(
            () => upstream?.stop(),
            () => sluice?.stop(),
        ),
    );

    for (const sdk of [sdk1, sdk2("auto")]) {
        test(`are refreshed by ${sdk.name} without a person`, async () => {
            const provider = new MemoryProvider();
            const { client } = await sign_in(sdk, sluice.url("/mcp"), provider, new Person());
            assert.equal(provider.current_tokens.expires_in, 2);
            await client.callTool(ECHO);
            assert.equal(provider.saved_tokens.length, 1);
            await new Promise((resolve) => setTimeout(resolve, 2_500));
            await client.callTool(ECHO);
            assert.equal(provider.saved_tokens.length, 2);
            assert.equal(provider.authorization_urls.length, 1);
            await client.close();
        });
    }

    test("have one successor, however often and at once a client asks", async () => {
        const { refresh_token } = await obtain_token(sluice);
        const form = { grant_type: "refresh_token", refresh_token, client_id: "pub" };
        const ask = () => post_form(sluice.url("/token"), form);
        const answers = await Promise.all(Array.from({ length: 16 }, ask));
        assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
        assert.equal(new Set(answers.map(({ json }) => json.refresh_token)).size, 1);
        const next = await post_form(sluice.url("/token"), {
            ...form,
            refresh_token: answers[0].json.refresh_token,
        });
        assert.equal(next.status, 200, next.text);
    });
});

test("SIGTERM lets a call finish, ends streams, and exits with 0", async (t) => {
    const upstream = await everything_server();
    t.after(() => upstream.stop());
    const sluice = await serve_all({ resources: [{ upstream: upstream.url }] });
    t.after(() => sluice.stop());
    const url = sluice.url("/mcp");
    const { access_token } = await obtain_token(sluice);
    const session = await open_session(url, access_token);
    const headers = {
        ...session,
        authorization: `Bearer ${access_token}`,
        accept: "text/event-stream",
    };
    const stream = await fetch(url, { headers });
    assert.equal(stream.status, 200);
    const stream_ended = stream.text().catch(() => "");
    const work = call_message("trigger-long-running-operation", { duration: 1, steps: 2 }, 5);
    const answered = post(url, access_token, work, session).then(rpc_answer);
    await new Promise((resolve) => setTimeout(resolve, 300));

    const asked = performance.now();
    const stopped = sluice.stop();
    const { result } = await answered;
    assert.match(result.content[0].text, /completed/);
    await stopped;
    await stream_ended;
    assert.ok(performance.now() - asked < 7_000, "longer than drain_timeout");
    await assert.rejects(fetch(sluice.url("/healthz")));
});
