// What clients in other languages send to the authorization server, byte for byte.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { bare, bare_form, bare_json } from "../support/bare_request.mjs";
import { stop_all } from "../support/child.mjs";
import { authorize_url, basic, obtain_code, pkce, redemption } from "../support/oauth.mjs";
import { Person } from "../support/person.mjs";
import { CLIENT_SECRET, RS_SECRET } from "../support/secrets.mjs";
import { serve_all } from "../support/sluice.mjs";
import { both_eras_server } from "../support/upstreams.mjs";

const UNRESERVED = /^[A-Za-z0-9._~-]+$/;

function holds_null(value) {
    if (value === null) return true;
    return typeof value === "object" && Object.values(value).some(holds_null);
}

describe("the authorization server, as other clients call it,", () => {
    let upstream, sluice, resource;

    before(async () => {
        upstream = await both_eras_server();
        sluice = await serve_all({ resources: [{ upstream: upstream.url }] });
        resource = String(sluice.url("/mcp"));
    });
    after(() =>
        stop_all(
            () => upstream?.stop(),
            () => sluice?.stop(),
        ),
    );

    const token_url = () => sluice.url("/token");

    async function introspect(token) {
        const headers = { Authorization: basic("rs", RS_SECRET) };
        const { json } = await bare_form(sluice.url("/introspect"), { token }, headers);
        return json;
    }

    test("keeps a code for the client that first tried Basic with an empty secret", async () => {
        const grant = await obtain_code(sluice, { resource, scope: "mcp:read" });
        const { client_id, ...without_client } = redemption(grant);
        const tried = await bare_form(token_url(), without_client, {
            Authorization: basic(client_id, ""),
        });
        assert.ok([400, 401].includes(tried.status), tried.text);
        assert.equal(tried.json.error, "invalid_client");
        const repeated = await bare_form(token_url(), { ...without_client, client_id });
        assert.equal(repeated.status, 200, repeated.text);
        assert.match(repeated.headers["content-type"], /^application\/json/);
        assert.equal(repeated.headers["cache-control"], "no-store");
        assert.ok(!holds_null(repeated.json), repeated.text);
    });

    test("knows the audience again where refreshing names no resource", async () => {
        const grant = await obtain_code(sluice, { resource, scope: "mcp:read" });
        const { resource: _, ...without_resource } = redemption(grant);
        const first = await bare_form(token_url(), without_resource);
        assert.equal(first.status, 200, first.text);
        const form = {
            grant_type: "refresh_token",
            refresh_token: first.json.refresh_token,
            client_id: "pub",
        };
        const second = await bare_form(token_url(), form);
        assert.equal(second.status, 200, second.text);
        for (const { json } of [first, second]) {
            assert.ok([(await introspect(json.access_token)).aud].flat().includes(resource));
        }
    });

    test("takes a refresh that repeats its scope, and refuses one that widens it", async () => {
        const grant = await obtain_code(sluice, { resource, scope: "mcp:read" });
        const { json } = await bare_form(token_url(), redemption(grant));
        const form = {
            grant_type: "refresh_token",
            refresh_token: json.refresh_token,
            client_id: "pub",
        };
        const widened = await bare_form(token_url(), { ...form, scope: "mcp:read mcp:write" });
        assert.equal(widened.status, 400, widened.text);
        assert.equal(widened.json.error, "invalid_scope");
        const same = await bare_form(token_url(), { ...form, scope: "mcp:read" });
        assert.equal(same.status, 200, same.text);
        assert.equal(same.json.scope, "mcp:read");
    });

    test("grants the default scope to client credentials that name none", async () => {
        const headers = { Authorization: basic("conf", CLIENT_SECRET) };
        const answer = await bare_form(
            token_url(),
            { grant_type: "client_credentials", resource },
            headers,
        );
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.json.scope, "mcp:read");
        assert.equal(answer.json.refresh_token, undefined);
    });

    test("issues what needs no encoding, and reads a Basic header either way", async () => {
        const redirect_uri = "http://localhost:5173/callback";
        const { status, json, text } = await bare_json(sluice.url("/register"), {
            client_name: "Confidential",
            redirect_uris: [redirect_uri],
            grant_types: ["authorization_code", "refresh_token"],
            token_endpoint_auth_method: "client_secret_basic",
        });
        assert.equal(status, 201, text);
        const { client_id, client_secret } = json;
        assert.match(client_id, UNRESERVED);
        assert.match(client_secret, UNRESERVED);
        assert.equal(typeof json.client_secret_expires_at, "number");
        sluice.secrets.push(client_secret);
        const encoded = [client_id, client_secret].map((part) => part.replace(/./g, percent));
        for (const Authorization of [basic(client_id, client_secret), basic(...encoded)]) {
            const grant = await obtain_code(sluice, { client_id, redirect_uri, resource });
            const { client_id: _, ...form } = redemption(grant);
            const answer = await bare_form(token_url(), form, { Authorization });
            assert.equal(answer.status, 200, answer.text);
            assert.equal(answer.json.scope, "mcp:read", "the default scope");
        }
    });

    test("lets nobody register for tokens without a person", async () => {
        const { json } = await bare_json(sluice.url("/register"), {
            redirect_uris: ["http://localhost:5173/callback"],
            grant_types: ["authorization_code", "client_credentials"],
            token_endpoint_auth_method: "client_secret_basic",
        });
        assert.ok(!json.grant_types.includes("client_credentials"));
        sluice.secrets.push(json.client_secret);
        const headers = { Authorization: basic(json.client_id, json.client_secret) };
        const form = { grant_type: "client_credentials", resource };
        const answer = await bare_form(token_url(), form, headers);
        assert.equal(answer.status, 400);
        assert.equal(answer.json.error, "unauthorized_client");
    });

    test("answers a registration as strict parsers want it", async () => {
        const asked = {
            redirect_uris: ["http://localhost:33418/callback"],
            scope: "mcp:read",
            client_name: "Strict",
        };
        const { status, json, text } = await bare_json(sluice.url("/register"), {
            ...asked,
            grant_types: ["authorization_code", "refresh_token"],
            response_types: ["code"],
            token_endpoint_auth_method: "none",
        });
        assert.equal(status, 201, text);
        assert.deepEqual(json.redirect_uris, asked.redirect_uris);
        assert.equal(json.client_name, asked.client_name);
        assert.equal(json.token_endpoint_auth_method, "none");
        assert.equal(json.client_secret, undefined);
        assert.ok(!holds_null(json), text);
        const parameters = {
            client_id: json.client_id,
            redirect_uri: asked.redirect_uris[0],
            resource,
        };
        const grant = await obtain_code(sluice, { ...parameters, scope: "mcp:read mcp:write" });
        const tokens = await bare_form(token_url(), redemption(grant));
        assert.equal(tokens.json.scope, "mcp:read mcp:write", "a registered scope is no ceiling");
    });

    test("tells a known client from an unknown one before any browser opens", async () => {
        const { challenge } = pkce();
        const ask = (parameters) =>
            bare(
                "GET",
                authorize_url(sluice, { code_challenge: challenge, resource, ...parameters }),
            );
        const unknown = await ask({ client_id: "nobody-registered-this" });
        assert.equal(unknown.status, 400);
        const known = await ask({ redirect_uri: "http://localhost:51717/callback" });
        assert.ok([200, 302, 303].includes(known.status), `${known.status}`);
        assert.equal(known.headers["access-control-allow-origin"], undefined);
        const elsewhere = await ask({ redirect_uri: "https://evil.example/callback" });
        assert.equal(elsewhere.status, 400);
        assert.equal(elsewhere.headers.location, undefined);
    });

    test("takes loopback on any port, and offline_access with prompt=consent", async () => {
        for (const redirect_uri of [
            "http://127.0.0.1:49999/cb",
            "http://localhost:50001/callback",
        ]) {
            const grant = await obtain_code(sluice, {
                redirect_uri,
                resource,
                scope: "mcp:read offline_access",
                prompt: "consent",
            });
            const tokens = await bare_form(token_url(), redemption(grant));
            assert.equal(tokens.status, 200, tokens.text);
            assert.ok(tokens.json.refresh_token);
        }
    });

    test("means one resource with and without a slash at its end", async () => {
        const grant = await obtain_code(sluice, { resource: `${resource}/`, scope: "mcp:read" });
        const tokens = await bare_form(token_url(), redemption(grant));
        assert.equal(tokens.status, 200, tokens.text);
        assert.ok([(await introspect(tokens.json.access_token)).aud].flat().includes(resource));
    });

    test("uses codes, errors and headers that clients recover by", async () => {
        const unknown = await bare_form(token_url(), {
            grant_type: "refresh_token",
            refresh_token: "srt_x",
            client_id: "nobody-registered-this",
        });
        assert.equal(unknown.status, 401);
        assert.equal(unknown.json.error, "invalid_client");
        const wrong = await bare_form(
            token_url(),
            { grant_type: "client_credentials" },
            { Authorization: basic("conf", "wrong") },
        );
        assert.equal(wrong.status, 401);
        assert.match(wrong.headers["www-authenticate"], /^Basic/);
        const target = { grant_type: "client_credentials", resource: "https://other.example/mcp" };
        const elsewhere = await bare_form(token_url(), target, {
            Authorization: basic("conf", CLIENT_SECRET),
        });
        assert.equal(elsewhere.status, 400);
        assert.equal(elsewhere.json.error, "invalid_target");
        for (const { json, headers } of [unknown, wrong, elsewhere]) {
            assert.doesNotMatch(json.error_description ?? "", /(?:scope|error)=/);
            assert.equal(headers["cache-control"], "no-store");
        }
    });

    test("sends a person back who presses Deny", async () => {
        const { challenge } = pkce();
        const url = authorize_url(sluice, {
            code_challenge: challenge,
            resource,
            state: "a b&c=d",
        });
        const { searchParams } = await new Person().authorize(url, { decision: "deny" });
        assert.equal(searchParams.get("error"), "access_denied");
        assert.equal(searchParams.get("state"), "a b&c=d");
        assert.equal(searchParams.get("iss"), sluice.origin);
        assert.equal(searchParams.get("code"), null);
    });
});

function percent(character) {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
