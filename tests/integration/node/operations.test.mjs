// What an operator gets: a line of JSON for each request and friction event, health, metrics.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { stop_all } from "../support/child.mjs";
import { call_message, post } from "../support/mcp.mjs";
import { obtain_token } from "../support/oauth.mjs";
import { serve_all } from "../support/sluice.mjs";
import { both_eras_server } from "../support/upstreams.mjs";

const CALLS = 40;
const FRICTION_FIELDS = [
    "client_id",
    "tool_name",
    "friction",
    "friction_level",
    "ema_rate",
    "target_rate",
    "effective_target",
    "cost",
    "allowed",
    "justification_required",
    "saturation_detected",
];

describe("for an operator", () => {
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

    test("health, readiness and metrics answer", async () => {
        for (const path of ["/healthz", "/readyz"]) {
            assert.equal((await fetch(sluice.url(path))).status, 200, path);
        }
        const metrics = await fetch(sluice.url("/metrics"));
        assert.match(metrics.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
        assert.match(await metrics.text(), /^# TYPE \w+ counter$/m);
    });

    test("each request and each friction event is one line of JSON, without secrets", async () => {
        const { access_token } = await obtain_token(sluice, { scope: "mcp:read mcp:write" });
        for (let i = 0; i < CALLS; ++i) {
            const call = call_message("delete_note", { id: "x" });
            await (await post(sluice.url("/mcp"), access_token, call)).text();
        }
        await upstream.stop();
        await sluice.stop(); // checks for secrets; the lines are complete afterwards
        const lines = sluice.child.output.split("\n").filter((line) => line.startsWith("{"));
        const events = lines.map((line) => JSON.parse(line));

        const requests = events.filter(({ event_type }) => event_type === "request");
        const to_tools = requests.filter(({ path }) => path === "/mcp");
        assert.equal(to_tools.length, CALLS);
        const on_pages = requests.filter(({ path }) => path.startsWith("/authorize"));
        assert.ok(on_pages.length > 0);
        assert.ok(
            on_pages.every(({ path }) => !path.includes("?")),
            "queries hold states and codes",
        );

        const friction = events.filter(({ tool_name }) => tool_name === "delete_note");
        assert.equal(friction.length, CALLS);
        for (const event of friction) {
            const missing = FRICTION_FIELDS.filter((field) => !(field in event));
            assert.deepEqual(missing, [], JSON.stringify(event));
        }
        assert.equal(friction[0].allowed, true);
        assert.equal(friction.at(-1).allowed, false);
    });
});
