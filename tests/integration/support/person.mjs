// A person in front of a browser without script: reads pages, fills forms, presses buttons.
import assert from "node:assert/strict";

import { CookieJar } from "./cookies.mjs";
import { parse_forms, visible_text } from "./html_forms.mjs";
import { ALICE } from "./secrets.mjs";

const MOST_STEPS = 10;
const BUTTONS = {
    approve: /allow|approve|accept|authori[sz]e|yes/i,
    deny: /deny|cancel|decline|refuse|reject|no\b/i,
};

export class Person {
    constructor({ username, password } = ALICE) {
        this.username = username;
        this.password = password;
        this.jar = new CookieJar();
        this.pages = []; // {url, status, text, html, headers} of every page read
    }

    async #request(url, init = {}) {
        const cookie = this.jar.header(url);
        const headers = { accept: "text/html", ...(cookie && { cookie }), ...init.headers };
        const answer = await fetch(url, { ...init, headers, redirect: "manual" });
        this.jar.store(answer.headers.getSetCookie(), url);
        return answer;
    }

    async #submit(page_url, form, button) {
        const fields = new URLSearchParams();
        for (const { name, value, type, checked } of form.inputs) {
            if (!name || type === "submit" || (/checkbox|radio/.test(type) && !checked)) continue;
            if (type === "password") fields.append(name, this.password);
            else if (/^(?:text|email)$/.test(type)) fields.append(name, this.username);
            else fields.append(name, value);
        }
        if (button?.name) fields.append(button.name, button.value);
        const target = new URL(form.action || page_url, page_url);
        if (form.method !== "post") {
            target.search = fields;
            return [target, await this.#request(target)];
        }
        return [target, await this.#request(target, { method: "POST", body: fields })];
    }

    async #read_page(url, answer) {
        const html = await answer.text();
        const page = {
            url,
            status: answer.status,
            html,
            text: visible_text(html),
            headers: answer.headers,
        };
        this.pages.push(page);
        return page;
    }

    // The page at `url` as somebody sees it who only looks.
    async look(url) {
        return this.#read_page(new URL(url), await this.#request(new URL(url)));
    }

    // Signs in where asked, then decides; returns the redirect URI that the browser is sent to.
    async authorize(authorize_url, { decision = "approve" } = {}) {
        const start = new URL(authorize_url);
        let url = start;
        let answer = await this.#request(url);
        let signed_in = false;
        for (let step = 0; step < MOST_STEPS; ++step) {
            if (answer.status >= 300 && answer.status < 400) {
                const next = new URL(answer.headers.get("location"), url);
                await answer.arrayBuffer();
                if (next.origin !== start.origin || next.protocol !== start.protocol) return next;
                url = next;
                answer = await this.#request(url);
                continue;
            }
            const page = await this.#read_page(url, answer);
            assert.equal(page.status, 200, `${url.pathname} answered ${page.status}: ${page.text}`);
            const forms = parse_forms(page.html);
            const login = forms.find((form) => form.inputs.some(({ type }) => type === "password"));
            if (login) assert.ok(!signed_in, `the password was refused: ${page.text}`);
            if (login) signed_in = true;
            const choices = forms.flatMap((form) =>
                form.buttons.map((button) => ({ form, button })),
            );
            const choice = login
                ? { form: login, button: login.buttons[0] }
                : choices.find(({ button }) =>
                      BUTTONS[decision].test(`${button.value} ${button.text}`),
                  );
            assert.ok(choice, `no button to ${decision} on: ${page.text}`);
            [url, answer] = await this.#submit(url, choice.form, choice.button);
        }
        throw new Error(`no redirect after ${MOST_STEPS} steps`);
    }

    // The page last read: the consent page after a completed authorize().
    get last_page() {
        return this.pages.at(-1);
    }
}
