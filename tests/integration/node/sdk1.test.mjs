// @modelcontextprotocol/sdk 1.x, before the built-in notes server and before server-everything.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { stop_all } from "../support/child.mjs";
import { MemoryProvider } from "../support/memory_provider.mjs";
import { Person } from "../support/person.mjs";
import { sdk1 } from "../support/sdk1.mjs";
import { ALICE } from "../support/secrets.mjs";
import { sign_in } from "../support/sign_in.mjs";
import { dev, serve_all } from "../support/sluice.mjs";
import { everything_server } from "../support/upstreams.mjs";
import { EVERYTHING, NOTES, walk } from "../support/walk.mjs";

describe("SDK 1.x", () => {
    let built_in, sluice, everything;

    before(async () => {
        everything = await everything_server();
        built_in = await dev({ user: ALICE });
        sluice = await serve_all({ resources: [{ upstream: everything.url }] });
    });
    after(() =>
        stop_all(
            () => everything?.stop(),
            () => built_in?.stop({ may_print: [ALICE.password] }),
            () => sluice?.stop(),
        ),
    );

    test("an application that knows no scopes sees and uses every tool of `sluice dev`", async () => {
        const provider = new MemoryProvider();
        const url = built_in.url("/mcp");
        const { client } = await sign_in(sdk1, url, provider, new Person());
        const { tools } = await client.listTools();
        const names = tools.map(({ name }) => name).sort();
        assert.deepEqual(names, [
            "create_note",
            "delete_note",
            "get_note",
            "list_notes",
            "update_note",
        ]);
        const { isError } = await client.callTool(NOTES.write);
        assert.ok(!isError);
        await client.close();
    });
    test("before the built-in notes server", (t) =>
        walk(t, { sdk: sdk1, sluice: built_in, tools: NOTES }));
    test("before server-everything", (t) => walk(t, { sdk: sdk1, sluice, tools: EVERYTHING }));
});
