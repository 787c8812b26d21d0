// Over TLS of Sluice's own: Chromium signs in, Node redeems the code.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { fields, launch, open_page, redirect_listener, sign_in } from "../support/browser.mjs";
import { make_certificate, post_form_securely } from "../support/certificate.mjs";
import { stop_all } from "../support/child.mjs";
import { whole_configuration } from "../support/configuration.mjs";
import { authorize_url, pkce, redemption } from "../support/oauth.mjs";
import { free_port } from "../support/ports.mjs";
import { serve } from "../support/sluice.mjs";

describe("over TLS", () => {
    let certificate, sluice, browser, client;

    before(async () => {
        certificate = make_certificate();
        const port = await free_port();
        const resources = [{ upstream: "http://127.0.0.1:9/mcp" }];
        const text = whole_configuration({ port, resources })
            .replaceAll(`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`)
            .replace("[auth]", `${certificate.toml}\n[auth]`);
        sluice = await serve(text, port);
        sluice.origin = `https://127.0.0.1:${port}`;
        browser = await launch([`--ignore-certificate-errors-spki-list=${certificate.spki}`]);
        client = await redirect_listener();
    });
    after(() =>
        stop_all(
            () => browser?.close(),
            () => client?.close(),
            () => sluice?.stop(),
            () => certificate?.remove(),
        ),
    );

    test("a person signs in and the client gets its token", async () => {
        const { verifier, challenge } = pkce();
        const { redirect_uri } = client;
        const resource = String(sluice.url("/mcp"));
        const url = authorize_url(sluice, { redirect_uri, code_challenge: challenge, resource });
        const { page, context, complaints } = await open_page(browser);
        const inspector = await context.newCDPSession(page);
        await inspector.send("Network.enable");
        const answered = new Promise((resolve) =>
            inspector.once("Network.responseReceived", ({ response }) => resolve(response)),
        );
        await page.goto(String(url));
        const { status, securityDetails } = await answered;
        assert.equal(status, 200);
        assert.equal(securityDetails.protocol, "TLS 1.3");
        assert.equal(securityDetails.keyExchangeGroup, "X25519MLKEM768");
        assert.equal(securityDetails.cipher, "AES_128_GCM");

        await sign_in(page);
        await fields.approve(page).click();
        const callback = await client.next();
        const cookies = await context.cookies();
        assert.ok(cookies.length > 0);
        for (const { name, secure } of cookies) {
            assert.ok(name.startsWith("__Host-"), name);
            assert.ok(secure, name);
        }
        const code = callback.searchParams.get("code");
        sluice.secrets.push(code, verifier);
        const form = redemption({ code, verifier, client_id: "pub", redirect_uri, resource });
        const redeemed = await post_form_securely(sluice.url("/token"), form, certificate);
        assert.equal(redeemed.status, 200);
        sluice.secrets.push(redeemed.json.access_token);
        assert.deepEqual(complaints, []);
        await context.close();
    });

    test("a browser that does not trust the certificate gets no further", async () => {
        const wary = await launch();
        const { page, context } = await open_page(wary);
        await assert.rejects(page.goto(String(sluice.url("/authorize"))), /ERR_CERT_/);
        await context.close();
        await wary.close();
    });
});
