// An agent in a loop: deleting note after note meets friction, told as a result it can read.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { stop_all } from "../support/child.mjs";
import { MemoryProvider } from "../support/memory_provider.mjs";
import { Person } from "../support/person.mjs";
import { sdk1 } from "../support/sdk1.mjs";
import { sdk2 } from "../support/sdk2.mjs";
import { sign_in } from "../support/sign_in.mjs";
import { serve_all } from "../support/sluice.mjs";
import { both_eras_server } from "../support/upstreams.mjs";

const MOST_CALLS = 300;
const WARM_UP = 20;
const DELETE = { name: "delete_note", arguments: { id: "nothing-by-this-name" } };

describe("an agent that deletes in a loop", () => {
    let upstream, sluice;

    before(async () => {
        upstream = await both_eras_server();
        sluice = await serve_all({ resources: [{ upstream: upstream.url, friction: "friction" }] });
    });
    after(() =>
        stop_all(
            () => upstream?.stop(),
            () => sluice?.stop(),
        ),
    );

    // Equal registrations of public clients are one client: agents have names of their own.
    async function agent(sdk, client_name) {
        const client_metadata = { client_name };
        const narrow_scope = "mcp:read mcp:write";
        const provider = new MemoryProvider({ narrow_scope, client_metadata });
        return sign_in(sdk, sluice.url("/mcp"), provider, new Person());
    }

    // Calls until refused; returns {calls, refusal}.
    async function delete_until_refused(client) {
        for (let calls = 1; calls <= MOST_CALLS; ++calls) {
            const result = await client.callTool(DELETE);
            if (result.isError) return { calls, refusal: result };
        }
        assert.fail(`not refused in ${MOST_CALLS} calls`);
    }

    for (const sdk of [sdk1, sdk2({ pin: "2026-07-28" })]) {
        test(`is refused in words, ${sdk.name}; others are not`, async () => {
            const greedy = await agent(sdk, `Greedy, ${sdk.name}`);
            const modest = await agent(sdk, `Modest, ${sdk.name}`);
            const { calls, refusal } = await delete_until_refused(greedy.client);
            assert.ok(calls > WARM_UP, `refused after ${calls} calls`);

            const [{ type, text }] = refusal.content;
            assert.equal(type, "text");
            assert.match(text, /delete_note/);
            const told = refusal._meta;
            assert.equal(told.level, "BLOCKED");
            assert.ok(told.friction >= 0.95 && told.friction <= 1, told.friction);
            assert.ok(told.retry_after_seconds > 0, told.retry_after_seconds);

            const reached = (await upstream.seen()).length;
            assert.ok((await greedy.client.callTool(DELETE)).isError, "refused again");
            assert.equal((await upstream.seen()).length, reached, "a refused call goes no further");

            const read = await greedy.client.callTool({ name: "list_notes", arguments: {} });
            assert.ok(!read.isError, "other tools can be used meanwhile");
            assert.ok(
                !(await modest.client.callTool(DELETE)).isError,
                "another client is unharmed",
            );
            await Promise.all([greedy.client.close(), modest.client.close()]);
        });
    }
});
