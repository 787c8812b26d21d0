// Plain OAuth requests, for tests that need a token or an endpoint without an SDK.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";

import { Person } from "./person.mjs";

export const PUB_REDIRECT = "http://127.0.0.1:7777/cb";

export const basic = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

export async function metadata_of(sluice) {
    const answer = await fetch(sluice.url("/.well-known/oauth-authorization-server"));
    assert.equal(answer.status, 200);
    return answer.json();
}

export function pkce() {
    const verifier = randomBytes(32).toString("base64url");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    return { verifier, challenge };
}

// POST of a form; returns {status, headers, json}, json undefined where the body is not JSON.
export async function post_form(url, fields, headers = {}) {
    const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams(fields) });
    const text = await answer.text();
    let json;
    try {
        json = JSON.parse(text);
    } catch {
        // Left undefined: a revocation answers without a body.
    }
    return { status: answer.status, headers: answer.headers, json, text };
}

export async function register(sluice, client_metadata) {
    const answer = await fetch(sluice.url("/register"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(client_metadata),
    });
    return { status: answer.status, json: await answer.json() };
}

// The URL that a client opens in the browser.
export function authorize_url(sluice, parameters) {
    const url = sluice.url("/authorize");
    url.search = new URLSearchParams({
        response_type: "code",
        client_id: "pub",
        redirect_uri: PUB_REDIRECT,
        code_challenge_method: "S256",
        state: "a-state",
        ...parameters,
    });
    return url;
}

// A code for `client_id`, approved by a person; returns {code, verifier, redirect_uri, client_id}.
export async function obtain_code(sluice, { person = new Person(), ...parameters } = {}) {
    const { verifier, challenge } = pkce();
    const url = authorize_url(sluice, { code_challenge: challenge, ...parameters });
    const callback = await person.authorize(url);
    const code = callback.searchParams.get("code");
    assert.ok(code, `no code in ${callback}`);
    const [client_id, redirect_uri] = ["client_id", "redirect_uri"].map((name) =>
        url.searchParams.get(name),
    );
    sluice.secrets.push(code, verifier);
    return { code, verifier, client_id, redirect_uri, resource: url.searchParams.get("resource") };
}

// The form that redeems such a code.
export function redemption({ code, verifier, client_id, redirect_uri, resource }) {
    return {
        grant_type: "authorization_code",
        code,
        code_verifier: verifier,
        redirect_uri,
        client_id,
        ...(resource && { resource }),
    };
}

// A token of the public client for the resource at `path`.
export async function obtain_token(sluice, { path = "/mcp", scope = "mcp:read", person } = {}) {
    const grant = await obtain_code(sluice, { resource: String(sluice.url(path)), scope, person });
    const answer = await post_form(sluice.url("/token"), redemption(grant));
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
}

export async function revoke(sluice, { client_id, token }) {
    const { revocation_endpoint } = await metadata_of(sluice);
    const answer = await post_form(revocation_endpoint, { client_id, token });
    assert.equal(answer.status, 200, answer.text);
}
