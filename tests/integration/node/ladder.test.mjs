// An agent in a loop climbs the ladder: delayed first, asked for its reason next, refused last; and it comes down by waiting.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { stop_all } from "../support/child.mjs";
import { MemoryProvider } from "../support/memory_provider.mjs";
import { Person } from "../support/person.mjs";
import { sdk1 } from "../support/sdk1.mjs";
import { sdk2 } from "../support/sdk2.mjs";
import { sign_in } from "../support/sign_in.mjs";
import { serve_all } from "../support/sluice.mjs";
import { both_eras_server } from "../support/upstreams.mjs";

const MOST_CALLS = 300;
const DELETE = { name: "delete_note", arguments: { id: "nothing-by-this-name" } };
const WITH_REASON = { ...DELETE, _meta: { "sluice/justification": "the user asked to tidy up" } };

async function timed_call(client, call) {
    const began = performance.now();
    const result = await client.callTool(call);
    return { result, took_ms: performance.now() - began };
}

// Calls until the answer is an error; returns it, and how long the calls before it took.
async function call_until_error(client, call) {
    const took = [];
    while (took.length < MOST_CALLS) {
        const { result, took_ms } = await timed_call(client, call);
        if (result.isError) return { told: result._meta, took };
        took.push(took_ms);
    }
    assert.fail(`no error in ${MOST_CALLS} calls`);
}

describe("the ladder of friction", () => {
    let upstream, sluice;

    before(async () => {
        upstream = await both_eras_server();
        const resources = [{ upstream: upstream.url, friction: "ladder" }];
        sluice = await serve_all({ resources });
    });
    after(() =>
        stop_all(
            () => upstream?.stop(),
            () => sluice?.stop(),
        ),
    );

    async function agent(sdk, client_name) {
        const client_metadata = { client_name };
        const narrow_scope = "mcp:read mcp:write";
        const provider = new MemoryProvider({ narrow_scope, client_metadata });
        return sign_in(sdk, sluice.url("/mcp"), provider, new Person());
    }

    for (const sdk of [sdk1, sdk2({ pin: "2026-07-28" })]) {
        test(`delays, asks, refuses, and lets off, ${sdk.name}`, async () => {
            const greedy = await agent(sdk, `Greedy on the ladder, ${sdk.name}`);
            const modest = await agent(sdk, `Modest on the ladder, ${sdk.name}`);

            const { told: asked, took } = await call_until_error(greedy.client, DELETE);
            assert.ok(took.length >= 2, `asked after ${took.length} calls`);
            assert.ok(took.at(-1) >= 50, `delayed by ${took.at(-1)} ms before it was asked`);
            assert.equal(asked.level, "HIGH");
            assert.equal(asked.justification_required, true);
            assert.equal(asked.justification_key, "sluice/justification");

            const { told: refused, took: with_reason } = await call_until_error(
                greedy.client,
                WITH_REASON,
            );
            assert.ok(with_reason.length >= 1, "a reason lets a call pass");
            assert.ok(with_reason[0] >= 100, `after a delay, here ${with_reason[0]} ms`);
            assert.equal(refused.level, "BLOCKED");
            assert.ok(refused.retry_after_seconds > 0, refused.retry_after_seconds);

            const other = await timed_call(modest.client, DELETE);
            assert.ok(!other.result.isError, "another client is unharmed");

            await sleep(1000 * refused.retry_after_seconds);
            const later = await timed_call(greedy.client, WITH_REASON);
            assert.ok(!later.result.isError, "waiting as told was enough");
            await Promise.all([greedy.client.close(), modest.client.close()]);
        });
    }
});
