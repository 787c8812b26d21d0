// A headless Chromium in front of the pages, and a client's redirect URI that it is sent to.
import { mkdirSync } from "node:fs";
import http from "node:http";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { ALICE } from "./secrets.mjs";

const screenshots = fileURLToPath(new URL("../../../build/screenshots/", import.meta.url));

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

export function launch(more_args = []) {
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
    return chromium.launch({ executablePath, args: [...args, ...more_args] });
}

// A page whose complaints are kept: violations of its policy and script errors.
export async function open_page(browser, { viewport = DESKTOP, script = true, dark = false } = {}) {
    const context = await browser.newContext({
        viewport,
        javaScriptEnabled: script,
        colorScheme: dark ? "dark" : "light",
        isMobile: viewport === PHONE,
        hasTouch: viewport === PHONE,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(5_000);
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    return { page, context, complaints };
}

export async function screenshot(page, name) {
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: `${screenshots}${name}.png`, fullPage: true });
}

export const fields = {
    username: (page) =>
        page.locator('input[name="username"], input[type="text"], input[type="email"]').first(),
    password: (page) => page.locator('input[type="password"]'),
    sign_in: (page) => page.getByRole("button", { name: /sign in|log in|continue/i }),
    approve: (page) => page.getByRole("button", { name: /allow|approve|accept|authori[sz]e/i }),
    deny: (page) => page.getByRole("button", { name: /deny|cancel|decline|don.t allow/i }),
};

export async function sign_in(page, { username, password } = ALICE) {
    await fields.username(page).fill(username);
    await fields.password(page).fill(password);
    await fields.sign_in(page).click();
}

// A client's listener on a loopback port. next(): the next URL that a browser opens there.
export async function redirect_listener() {
    const arrived = [];
    const waiting = [];
    const server = http.createServer((request, response) => {
        response.setHeader("content-type", "text/html");
        response.end("<!doctype html><title>Client</title><p>You can close this window.");
        if (!request.url.startsWith("/cb")) return;
        const url = new URL(request.url, redirect_uri);
        const next = waiting.shift();
        if (next) next(url);
        else arrived.push(url);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const redirect_uri = `http://127.0.0.1:${server.address().port}/cb`;
    return {
        redirect_uri,
        next: () =>
            arrived.length
                ? Promise.resolve(arrived.shift())
                : new Promise((resolve) => waiting.push(resolve)),
        close: () => {
            server.closeAllConnections();
            return new Promise((resolve) => server.close(resolve));
        },
    };
}
