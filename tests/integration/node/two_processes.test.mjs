// An authorization server and a gateway as two processes, joined by RFC 7662.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { stop_all } from "../support/child.mjs";
import {
    authorization_server_section,
    introspecting_resource_section,
    server_section,
} from "../support/configuration.mjs";
import { call_message, post, rpc_answer } from "../support/mcp.mjs";
import { obtain_code, post_form, redemption, revoke } from "../support/oauth.mjs";
import { free_port } from "../support/ports.mjs";
import { sdk1 } from "../support/sdk1.mjs";
import { sdk2 } from "../support/sdk2.mjs";
import { serve } from "../support/sluice.mjs";
import { both_eras_server } from "../support/upstreams.mjs";
import { NOTES, walk } from "../support/walk.mjs";

describe("two processes", () => {
    let upstream, authorization_server, gateway;

    before(async () => {
        upstream = await both_eras_server();
        const [auth_port, gateway_port] = [await free_port(), await free_port()];
        const elsewhere = [`http://127.0.0.1:${gateway_port}/mcp`];
        const auth = [
            server_section({ port: auth_port }),
            authorization_server_section({ port: auth_port, elsewhere }),
        ];
        authorization_server = await serve(auth.join("\n"), auth_port);
        const issuer = authorization_server.origin;
        const guard = [
            server_section({ port: gateway_port }),
            introspecting_resource_section({ upstream: upstream.url, issuer }),
        ];
        gateway = await serve(guard.join("\n"), gateway_port);
    });
    after(() =>
        stop_all(
            () => upstream?.stop(),
            () => authorization_server?.stop(),
            () => gateway?.stop(),
        ),
    );

    for (const sdk of [sdk1, sdk2("auto"), sdk2({ pin: "2026-07-28" })]) {
        test(`do what one does, ${sdk.name}`, (t) =>
            walk(t, { sdk, sluice: gateway, authorization_server, tools: NOTES }));
    }

    test("know of a revocation at once", async () => {
        const resource = String(gateway.url("/mcp"));
        const grant = await obtain_code(authorization_server, { resource, scope: "mcp:read" });
        const { json } = await post_form(authorization_server.url("/token"), redemption(grant));
        const list = () => post(resource, json.access_token, call_message("list_notes"));
        const { result } = await rpc_answer(await list());
        assert.ok(!result.isError);
        await revoke(authorization_server, { client_id: "pub", token: json.access_token });
        const refused = await list();
        await refused.text();
        assert.equal(refused.status, 401);
    });

    test("fail closed while the authorization server is gone", async () => {
        const resource = String(gateway.url("/mcp"));
        const grant = await obtain_code(authorization_server, { resource, scope: "mcp:read" });
        const { json } = await post_form(authorization_server.url("/token"), redemption(grant));
        await authorization_server.stop();
        const answer = await post(resource, json.access_token, call_message("list_notes"));
        await answer.text();
        assert.ok([502, 503, 504].includes(answer.status), `${answer.status}`);
        const metadata = await fetch(gateway.url("/.well-known/oauth-protected-resource/mcp"));
        assert.deepEqual((await metadata.json()).authorization_servers, [
            authorization_server.origin,
        ]);
        authorization_server = undefined;
    });
});
