// @modelcontextprotocol/client 2.x in its legacy, auto and 2026-07-28 modes, before the built-in
// notes server, a server with 2025 sessions, one of both eras and one of 2026-07-28 alone.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { stop_all } from "../support/child.mjs";
import { sdk2 } from "../support/sdk2.mjs";
import { ALICE } from "../support/secrets.mjs";
import { dev, serve_all } from "../support/sluice.mjs";
import { both_eras_server, everything_server } from "../support/upstreams.mjs";
import { EVERYTHING, NOTES, walk } from "../support/walk.mjs";

const LEGACY = "2025-11-25";
const MODERN = "2026-07-28";

function speaks(version) {
    return ({ client, transport }) => {
        assert.equal(client.getNegotiatedProtocolVersion(), version);
        if (version === MODERN) assert.equal(transport.sessionId, undefined);
    };
}

describe("client 2.x", () => {
    let built_in, sluice;
    const upstreams = [];

    before(async () => {
        upstreams.push(
            await everything_server(),
            await both_eras_server(),
            await both_eras_server({ legacy: "reject" }),
        );
        const paths = ["/everything", "/both", "/modern"];
        const resources = upstreams.map(({ url }, i) => ({ path: paths[i], upstream: url }));
        built_in = await dev({ user: ALICE });
        sluice = await serve_all({ resources });
    });
    after(() =>
        stop_all(
            ...upstreams.map((upstream) => () => upstream.stop()),
            () => built_in?.stop({ may_print: [ALICE.password] }),
            () => sluice?.stop(),
        ),
    );

    for (const mode of ["legacy", "auto"]) {
        test(`${mode}, before the built-in notes server`, (t) =>
            walk(t, { sdk: sdk2(mode), sluice: built_in, tools: NOTES }));
        test(`${mode}, before a server with sessions`, (t) =>
            walk(t, {
                sdk: sdk2(mode),
                sluice,
                path: "/everything",
                tools: EVERYTHING,
                check_connected(session) {
                    speaks(LEGACY)(session);
                    assert.ok(session.transport.sessionId, "a session of the server's");
                },
            }));
    }
    test("legacy, before a server of both eras", (t) =>
        walk(t, {
            sdk: sdk2("legacy"),
            sluice,
            path: "/both",
            tools: NOTES,
            check_connected: speaks(LEGACY),
        }));
    test("auto, before a server of both eras", (t) =>
        walk(t, {
            sdk: sdk2("auto"),
            sluice,
            path: "/both",
            tools: NOTES,
            check_connected: speaks(MODERN),
        }));
    test("2026-07-28, before a server of both eras", (t) =>
        walk(t, {
            sdk: sdk2({ pin: MODERN }),
            sluice,
            path: "/both",
            tools: NOTES,
            check_connected: speaks(MODERN),
        }));
    test("2026-07-28, before a server of 2026 alone", (t) =>
        walk(t, {
            sdk: sdk2({ pin: MODERN }),
            sluice,
            path: "/modern",
            tools: NOTES,
            check_connected: speaks(MODERN),
        }));
    test("auto, before a server of 2026 alone", (t) =>
        walk(t, {
            sdk: sdk2("auto"),
            sluice,
            path: "/modern",
            tools: NOTES,
            check_connected: speaks(MODERN),
        }));
});
