// The device grant: oauth4webapi is the device, headless Chromium the person who enters its code.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import * as oauth from "oauth4webapi";

import {
    DESKTOP,
    fields,
    launch,
    open_page,
    PHONE,
    screenshot,
    sign_in,
} from "../support/browser.mjs";
import { stop_all } from "../support/child.mjs";
import { register } from "../support/oauth.mjs";
import { serve_all } from "../support/sluice.mjs";

const over_http = { [oauth.allowInsecureRequests]: true };

describe("a device", () => {
    let sluice, browser, as, client;

    before(async () => {
        browser = await launch();
        sluice = await serve_all({ resources: [{ upstream: "http://127.0.0.1:9/mcp" }] });
        const issuer = new URL(sluice.origin);
        const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...over_http });
        as = await oauth.processDiscoveryResponse(issuer, answer);
        const registered = await register(sluice, {
            client_name: "A device",
            grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
            token_endpoint_auth_method: "none",
        });
        assert.equal(registered.status, 201);
        client = { client_id: registered.json.client_id };
    });
    after(() =>
        stop_all(
            () => browser?.close(),
            () => sluice?.stop(),
        ),
    );

    async function begin() {
        const answer = await oauth.deviceAuthorizationRequest(
            as,
            client,
            oauth.None(),
            { scope: "mcp:read", resource: String(sluice.url("/mcp")) },
            over_http,
        );
        return oauth.processDeviceAuthorizationResponse(as, client, answer);
    }

    async function poll(device_code) {
        const answer = await oauth.deviceCodeGrantRequest(
            as,
            client,
            oauth.None(),
            device_code,
            over_http,
        );
        return oauth.processDeviceCodeResponse(as, client, answer);
    }

    for (const look of [
        { name: "desktop", viewport: DESKTOP },
        { name: "phone-without-script", viewport: PHONE, script: false },
    ]) {
        test(`gets tokens once a person has typed its code and allowed it, ${look.name}`, async () => {
            const codes = await begin();
            const { page, context, complaints } = await open_page(browser, look);
            await page.goto(codes.verification_uri);
            await screenshot(page, `device-code-${look.name}`);
            await page.locator('input[name="code"]').fill(codes.user_code.toLowerCase());
            await page.getByRole("button", { name: "Continue" }).click();
            await sign_in(page);
            await fields.approve(page).waitFor();
            await screenshot(page, `device-consent-${look.name}`);
            const words = await page.locator("body").innerText();
            for (const word of ["A device", "Read notes", codes.user_code, "127.0.0.1"]) {
                assert.ok(words.includes(word), `no "${word}" in: ${words}`);
            }
            await fields.approve(page).click();
            await page.getByRole("heading", { name: "Device connected" }).waitFor();
            const tokens = await poll(codes.device_code);
            assert.ok(tokens.access_token && tokens.refresh_token);
            assert.deepEqual(complaints, []);
            await context.close();
        });
    }

    test("is told to wait, and of a denial", async () => {
        const codes = await begin();
        await assert.rejects(poll(codes.device_code), { error: "authorization_pending" });
        const { page, context } = await open_page(browser);
        await page.goto(codes.verification_uri_complete);
        await sign_in(page);
        await fields.deny(page).click();
        await page.getByRole("heading", { name: "Device denied" }).waitFor();
        await new Promise((resolve) => setTimeout(resolve, codes.interval * 1000));
        await assert.rejects(poll(codes.device_code), { error: "access_denied" });
        await context.close();
    });
});
