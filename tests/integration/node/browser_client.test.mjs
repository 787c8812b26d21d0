// An MCP client inside a web page of another origin: what CORS lets it do.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, open_page, redirect_listener } from "../support/browser.mjs";
import { stop_all } from "../support/child.mjs";
import { obtain_code, redemption } from "../support/oauth.mjs";
import { INITIALIZE } from "../support/mcp.mjs";
import { serve_all } from "../support/sluice.mjs";
import { both_eras_server } from "../support/upstreams.mjs";

describe("a client in a web page", () => {
    let sluice, upstream, browser, home, elsewhere;

    before(async () => {
        browser = await launch();
        home = await redirect_listener();
        elsewhere = await redirect_listener();
        upstream = await both_eras_server();
        const allowed_origins = [new URL(home.redirect_uri).origin];
        sluice = await serve_all({ allowed_origins, resources: [{ upstream: upstream.url }] });
    });
    after(() =>
        stop_all(
            () => browser?.close(),
            () => home?.close(),
            () => elsewhere?.close(),
            () => upstream?.stop(),
            () => sluice?.stop(),
        ),
    );

    async function page_at(listener) {
        const { page, context } = await open_page(browser);
        await page.goto(listener.redirect_uri.replace("/cb", "/page"));
        return { page, context };
    }

    // fetch() inside the page: {status, body, fields} or {failed}.
    const in_page = (page, url, init, fields = []) =>
        page.evaluate(
            async ([target, options, names]) => {
                try {
                    const answer = await fetch(target, options);
                    const seen = Object.fromEntries(
                        names.map((name) => [name, answer.headers.get(name)]),
                    );
                    return { status: answer.status, body: await answer.text(), fields: seen };
                } catch (error) {
                    return { failed: String(error) };
                }
            },
            [String(url), init, fields],
        );

    const post_json = (value, headers = {}) => ({
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(value),
    });

    test("finds its way from the challenge to a tool call", async () => {
        const { page, context } = await page_at(home);
        const mcp = sluice.url("/mcp");
        const version = { "mcp-protocol-version": "2025-11-25" };

        const challenged = await in_page(page, mcp, post_json(INITIALIZE, version), [
            "www-authenticate",
        ]);
        assert.equal(challenged.status, 401, challenged.failed);
        const [, metadata_url] = challenged.fields["www-authenticate"].match(
            /resource_metadata="([^"]+)"/,
        );
        for (const url of [metadata_url, sluice.url("/.well-known/oauth-authorization-server")]) {
            const found = await in_page(page, url, { headers: version });
            assert.equal(found.status, 200, found.failed);
        }
        const registered = await in_page(
            page,
            sluice.url("/register"),
            post_json({ redirect_uris: [home.redirect_uri], token_endpoint_auth_method: "none" }),
        );
        assert.equal(registered.status, 201, registered.failed ?? registered.body);
        const { client_id } = JSON.parse(registered.body);

        const { redirect_uri } = home;
        const grant = await obtain_code(sluice, {
            client_id,
            redirect_uri,
            resource: String(mcp),
            scope: "mcp:read",
        });
        const form = {
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded", ...version },
            body: String(new URLSearchParams(redemption(grant))),
        };
        const tokens = await in_page(page, sluice.url("/token"), form);
        assert.equal(tokens.status, 200, tokens.failed ?? tokens.body);

        const authorization = `Bearer ${JSON.parse(tokens.body).access_token}`;
        const accept = "application/json, text/event-stream";
        const answer = await in_page(
            page,
            mcp,
            post_json(INITIALIZE, { authorization, accept, ...version }),
        );
        assert.equal(answer.status, 200, answer.failed);
        assert.match(answer.body, /protocolVersion/);
        await context.close();
    });

    test("is refused at the gateway where its origin is not allowed", async () => {
        const before = (await upstream.seen()).length;
        const { page, context } = await page_at(elsewhere);
        const answer = await in_page(page, sluice.url("/mcp"), post_json(INITIALIZE));
        assert.ok(answer.failed || answer.status === 403, JSON.stringify(answer));
        assert.equal((await upstream.seen()).length, before);
        await context.close();
    });

    test("cannot read the login page", async () => {
        const { page, context } = await page_at(home);
        const answer = await in_page(page, sluice.url("/authorize?client_id=pub"), {});
        assert.match(answer.failed ?? "", /fetch/, JSON.stringify(answer));
        await context.close();
    });
});
