// Headless Chromium signs in, reads the consent page, approves and denies.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import {
    DESKTOP,
    fields,
    launch,
    open_page,
    PHONE,
    redirect_listener,
    screenshot,
    sign_in,
} from "../support/browser.mjs";
import { stop_all } from "../support/child.mjs";
import { authorize_url, pkce, post_form, redemption, register } from "../support/oauth.mjs";
import { ALICE } from "../support/secrets.mjs";
import { serve_all } from "../support/sluice.mjs";

const LOOKS = [
    { name: "desktop", viewport: DESKTOP },
    { name: "desktop-dark", viewport: DESKTOP, dark: true },
    { name: "desktop-without-script", viewport: DESKTOP, script: false },
    { name: "phone", viewport: PHONE },
    { name: "phone-dark", viewport: PHONE, dark: true },
    { name: "phone-without-script", viewport: PHONE, script: false },
];

describe("in a browser", () => {
    let sluice, browser, client;

    before(async () => {
        browser = await launch();
        client = await redirect_listener();
        sluice = await serve_all({ resources: [{ upstream: "http://127.0.0.1:9/mcp" }] });
    });
    after(() =>
        stop_all(
            () => browser?.close(),
            () => client?.close(),
            () => sluice?.stop(),
        ),
    );

    // What a client opens: {url, verifier}.
    function request(parameters = {}) {
        const { verifier, challenge } = pkce();
        const url = authorize_url(sluice, {
            redirect_uri: client.redirect_uri,
            code_challenge: challenge,
            resource: String(sluice.url("/mcp")),
            scope: "mcp:read mcp:write",
            ...parameters,
        });
        return { url: String(url), verifier };
    }

    // No content wider than the window, and a heading that says where one is.
    async function check_layout(page, viewport) {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `${width} px wide on ${viewport.width}`);
        assert.ok((await page.title()).length > 0);
        assert.ok((await page.getByRole("heading").count()) > 0);
    }

    for (const { name, ...look } of LOOKS) {
        test(`signs in and approves, ${name}`, async () => {
            const { page, context, complaints } = await open_page(browser, look);
            const { url, verifier } = request();
            await page.goto(url);
            await screenshot(page, `login-${name}`);
            if (look.script !== false) await check_layout(page, look.viewport);
            await sign_in(page);

            const approve = fields.approve(page);
            await approve.waitFor();
            await screenshot(page, `consent-${name}`);
            if (look.script !== false) await check_layout(page, look.viewport);
            const words = await page.locator("body").innerText();
            for (const word of [
                "Public test client",
                "Read notes",
                "Create, change and delete notes",
                "127.0.0.1",
            ]) {
                assert.ok(words.includes(word), `no "${word}" in: ${words}`);
            }
            const arrival = client.next();
            await approve.click();
            const callback = await arrival;
            assert.equal(callback.searchParams.get("state"), "a-state");
            assert.equal(callback.searchParams.get("iss"), sluice.origin);
            const tokens = await post_form(
                sluice.url("/token"),
                redemption({
                    code: callback.searchParams.get("code"),
                    verifier,
                    client_id: "pub",
                    redirect_uri: client.redirect_uri,
                    resource: String(sluice.url("/mcp")),
                }),
            );
            assert.equal(tokens.status, 200, tokens.text);
            assert.deepEqual(complaints, []);
            await context.close();
        });
    }

    test("takes the keyboard alone", async () => {
        const { page, context } = await open_page(browser);
        await page.goto(request().url);
        await fields.username(page).fill(ALICE.username);
        await fields.password(page).fill(ALICE.password);
        await page.keyboard.press("Enter");
        await fields.deny(page).waitFor();
        const inputs = await page.locator("input:visible").count();
        assert.equal(inputs, 0, "nothing to fill in on the consent page");
        await context.close();
    });

    test("labels its fields, for screen readers and password managers", async () => {
        const { page, context } = await open_page(browser);
        await page.goto(request().url);
        assert.equal(await page.getByLabel(/password/i).count(), 1);
        assert.equal(await page.getByLabel(/user|name/i).count(), 1);
        assert.equal(await fields.password(page).getAttribute("autocomplete"), "current-password");
        assert.equal(await fields.username(page).getAttribute("autocomplete"), "username");
        assert.ok(await page.locator("html").getAttribute("lang"));
        await context.close();
    });

    test("tells the client of a denial", async () => {
        const { page, context } = await open_page(browser);
        await page.goto(request().url);
        await sign_in(page);
        const arrival = client.next();
        await fields.deny(page).click();
        const { searchParams } = await arrival;
        assert.equal(searchParams.get("error"), "access_denied");
        assert.equal(searchParams.get("state"), "a-state");
        assert.equal(searchParams.get("iss"), sluice.origin);
        await context.close();
    });

    for (const script of [true, false]) {
        const how = script ? "with" : "without";
        test(`lets somebody try again after a wrong password, ${how} script`, async () => {
            const { page, context } = await open_page(browser, { script });
            await page.goto(request().url);
            await sign_in(page, { username: ALICE.username, password: "wrong" });
            await page
                .getByText(/wrong|incorrect|not right|does not match|did not match/i)
                .first()
                .waitFor();
            if (script) await screenshot(page, "login-refused");
            assert.equal(await fields.password(page).inputValue(), "");
            await sign_in(page);
            await fields.approve(page).waitFor();
            await context.close();
        });
    }

    test("asks again for the same client, without the password", async () => {
        const { page, context } = await open_page(browser);
        await page.goto(request().url);
        await sign_in(page);
        const arrival = client.next();
        await fields.approve(page).click();
        await arrival;
        await page.goto(request().url);
        await fields.approve(page).waitFor();
        assert.equal(await fields.password(page).count(), 0);
        await context.close();
    });

    test("keeps its cookies from scripts and from other sites", async () => {
        const { page, context } = await open_page(browser);
        await page.goto(request().url);
        await sign_in(page);
        await fields.approve(page).waitFor();
        const cookies = await context.cookies();
        assert.ok(cookies.length > 0);
        for (const { name, httpOnly, sameSite } of cookies) {
            assert.ok(httpOnly, name);
            assert.match(sameSite, /Lax|Strict/, name);
        }
        await context.close();
    });

    test("sends the person to an application by its own scheme", async () => {
        const { page, context, complaints } = await open_page(browser);
        const redirect_uri = "com.example.notes:/callback";
        const asked = new Promise((resolve) =>
            page.on(
                "request",
                (sent) => sent.url().startsWith("com.example.notes:") && resolve(sent.url()),
            ),
        );
        await page.goto(request({ redirect_uri }).url);
        await sign_in(page);
        await fields.approve(page).waitFor();
        await screenshot(page, "consent-own-scheme");
        await fields.approve(page).click({ noWaitAfter: true });
        const late = new Promise((_, reject) =>
            setTimeout(() => reject(new Error(`not opened; the page says: ${complaints}`)), 3_000),
        );
        assert.match(await Promise.race([asked, late]), /^com\.example\.notes:\/callback\?.*code=/);
        await context.close();
    });

    test("warns of an application that registered itself", async () => {
        const { page, context } = await open_page(browser, { viewport: PHONE });
        const { redirect_uri } = client;
        const { json } = await register(sluice, {
            client_name: "<b>Bank</b> of Notes",
            redirect_uris: [redirect_uri],
            token_endpoint_auth_method: "none",
        });
        await page.goto(request({ client_id: json.client_id }).url);
        await sign_in(page);
        await fields.approve(page).waitFor();
        await screenshot(page, "consent-unverified-phone");
        const words = await page.locator("body").innerText();
        assert.match(words, /unverified/i);
        assert.ok(words.includes("<b>Bank</b> of Notes"), words);
        await check_layout(page, PHONE);
        await context.close();
    });

    test("explains a request that is no good, and sends nobody anywhere", async () => {
        const { page, context } = await open_page(browser);
        for (const [name, parameters] of [
            ["unknown-client", { client_id: "nobody-registered-this" }],
            ["foreign-redirect", { redirect_uri: "https://evil.example/cb" }],
        ]) {
            const answer = await page.goto(request(parameters).url);
            assert.equal(answer.status(), 400);
            assert.match(answer.headers()["content-type"], /html/);
            await screenshot(page, `error-${name}`);
            await check_layout(page, DESKTOP);
        }
        await context.close();
    });

    test("is not framed", async () => {
        const { page, context } = await open_page(browser);
        await page.goto(client.redirect_uri.replace("/cb", "/page"));
        const { url } = request();
        await page.setContent(`<iframe src="${url.replaceAll("&", "&amp;")}"></iframe>`);
        await page.waitForTimeout(500);
        const texts = await Promise.all(
            page
                .frames()
                .slice(1)
                .map((frame) =>
                    frame
                        .locator("body")
                        .innerText()
                        .catch(() => ""),
                ),
        );
        assert.ok(
            texts.every((text) => !/password/i.test(text)),
            texts.join(),
        );
        await context.close();
    });
});
