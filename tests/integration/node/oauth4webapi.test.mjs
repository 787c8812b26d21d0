// oauth4webapi, a strict client library, runs the plain OAuth flows.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import * as oauth from "oauth4webapi";

import { stop_all } from "../support/child.mjs";
import { Person } from "../support/person.mjs";
import { CLIENT_SECRET, RS_SECRET } from "../support/secrets.mjs";
import { serve_all } from "../support/sluice.mjs";
import { both_eras_server } from "../support/upstreams.mjs";

const over_http = { [oauth.allowInsecureRequests]: true };
const CONFIDENTIAL_REDIRECT = "https://app.example/cb";

describe("oauth4webapi", () => {
    let upstream, sluice, issuer, as, resource;

    before(async () => {
        upstream = await both_eras_server();
        sluice = await serve_all({ resources: [{ upstream: upstream.url }] });
        issuer = new URL(sluice.origin);
        resource = String(sluice.url("/mcp"));
        const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...over_http });
        as = await oauth.processDiscoveryResponse(issuer, answer);
    });
    after(() =>
        stop_all(
            () => upstream?.stop(),
            () => sluice?.stop(),
        ),
    );

    // Signs in and redeems the code; every step is checked by the library.
    async function sign_in(client, authentication, redirect_uri, scope = "mcp:read") {
        const verifier = oauth.generateRandomCodeVerifier();
        const state = oauth.generateRandomState();
        const url = new URL(as.authorization_endpoint);
        url.search = new URLSearchParams({
            response_type: "code",
            client_id: client.client_id,
            redirect_uri,
            scope,
            resource,
            state,
            code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
            code_challenge_method: "S256",
        });
        const callback = await new Person().authorize(url);
        const parameters = oauth.validateAuthResponse(as, client, callback, state);
        const options = { ...over_http, additionalParameters: { resource } };
        const answer = await oauth.authorizationCodeGrantRequest(
            as,
            client,
            authentication,
            parameters,
            redirect_uri,
            verifier,
            options,
        );
        return oauth.processAuthorizationCodeResponse(as, client, answer);
    }

    async function introspect(token) {
        const client = { client_id: "rs" };
        const authentication = oauth.ClientSecretBasic(RS_SECRET);
        const answer = await oauth.introspectionRequest(
            as,
            client,
            authentication,
            token,
            over_http,
        );
        return oauth.processIntrospectionResponse(as, client, answer);
    }

    test("discovers the server by either kind of metadata", async () => {
        const answer = await oauth.discoveryRequest(issuer, { algorithm: "oidc", ...over_http });
        const found = await oauth.processDiscoveryResponse(issuer, answer);
        assert.equal(found.token_endpoint, as.token_endpoint);
        assert.ok(as.authorization_response_iss_parameter_supported);
        assert.ok(as.code_challenge_methods_supported.includes("S256"));
        for (const name of [
            "authorization",
            "token",
            "registration",
            "introspection",
            "revocation",
        ]) {
            assert.ok(as[`${name}_endpoint`]?.startsWith(`${sluice.origin}/`), name);
        }
    });

    test("discovers the protected resource", async () => {
        const answer = await oauth.resourceDiscoveryRequest(new URL(resource), over_http);
        const found = await oauth.processResourceDiscoveryResponse(new URL(resource), answer);
        assert.deepEqual(found.authorization_servers, [sluice.origin]);
        assert.ok(!found.scopes_supported?.includes("offline_access"));
    });

    test("registers, signs in, refreshes, introspects and revokes as a public client", async () => {
        const redirect_uri = "http://127.0.0.1:38211/callback";
        const registration = await oauth.dynamicClientRegistrationRequest(
            as,
            {
                client_name: "oauth4webapi",
                redirect_uris: [redirect_uri],
                grant_types: ["authorization_code", "refresh_token"],
                token_endpoint_auth_method: "none",
            },
            over_http,
        );
        const client = await oauth.processDynamicClientRegistrationResponse(registration);
        const none = oauth.None();

        const first = await sign_in(client, none, redirect_uri);
        const refresh = await oauth.refreshTokenGrantRequest(
            as,
            client,
            none,
            first.refresh_token,
            { ...over_http, additionalParameters: { resource } },
        );
        const second = await oauth.processRefreshTokenResponse(as, client, refresh);
        assert.notEqual(second.access_token, first.access_token);
        assert.notEqual(second.refresh_token, first.refresh_token);

        const seen = await introspect(second.access_token);
        assert.equal(seen.active, true);
        assert.equal(seen.client_id, client.client_id);
        assert.equal(seen.sub, "alice");
        assert.equal(seen.scope, "mcp:read");
        assert.equal(seen.iss, sluice.origin);
        assert.ok([seen.aud].flat().includes(resource));
        assert.ok(seen.exp > Date.now() / 1000 && seen.iat <= seen.exp);

        const gone = await oauth.revocationRequest(
            as,
            client,
            none,
            second.refresh_token,
            over_http,
        );
        await oauth.processRevocationResponse(gone);
        assert.deepEqual(await introspect(second.access_token), { active: false });
    });

    test("signs in as a confidential client", async () => {
        for (const [client_id, authentication] of [
            ["conf", oauth.ClientSecretBasic(CLIENT_SECRET)],
            ["conf-post", oauth.ClientSecretPost(CLIENT_SECRET)],
        ]) {
            const tokens = await sign_in(
                { client_id },
                authentication,
                CONFIDENTIAL_REDIRECT,
                "mcp:read mcp:write",
            );
            assert.equal((await introspect(tokens.access_token)).client_id, client_id);
        }
    });

    test("registers a public key and signs in by assertions of its own", async () => {
        for (const algorithm of ["ES256", "PS256", "RS256"]) {
            const pair = await oauth.generateKeyPair(algorithm, { extractable: true });
            const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
            const registration = await oauth.dynamicClientRegistrationRequest(
                as,
                {
                    client_name: `oauth4webapi ${algorithm}`,
                    redirect_uris: [CONFIDENTIAL_REDIRECT],
                    token_endpoint_auth_method: "private_key_jwt",
                    jwks: { keys: [{ ...jwk, kid: "one", alg: algorithm, use: "sig" }] },
                },
                over_http,
            );
            const client = await oauth.processDynamicClientRegistrationResponse(registration);
            assert.equal(client.client_secret, undefined);
            const key = { key: pair.privateKey, kid: "one" };
            const tokens = await sign_in(client, oauth.PrivateKeyJwt(key), CONFIDENTIAL_REDIRECT);
            assert.equal((await introspect(tokens.access_token)).client_id, client.client_id);
        }
    });

    test("gets tokens with client credentials, in the header and in the body", async () => {
        for (const [client_id, authentication] of [
            ["conf", oauth.ClientSecretBasic(CLIENT_SECRET)],
            ["conf-post", oauth.ClientSecretPost(CLIENT_SECRET)],
        ]) {
            const client = { client_id };
            const answer = await oauth.clientCredentialsGrantRequest(
                as,
                client,
                authentication,
                { scope: "mcp:write", resource },
                over_http,
            );
            const tokens = await oauth.processClientCredentialsResponse(as, client, answer);
            assert.equal(tokens.refresh_token, undefined);
            const seen = await introspect(tokens.access_token);
            assert.equal(seen.scope, "mcp:write");
            assert.equal(seen.client_id, client_id);
        }
    });

    test("is told of wrong secrets and dead codes as RFC 6749 has it", async () => {
        const client = { client_id: "conf" };
        const wrong = oauth.ClientSecretBasic("wrong-secret-0123456789");
        const refused = await oauth.clientCredentialsGrantRequest(as, client, wrong, {}, over_http);
        await assert.rejects(
            oauth.processClientCredentialsResponse(as, client, refused),
            (error) => {
                assert.ok(error instanceof oauth.WWWAuthenticateChallengeError, String(error));
                assert.equal(error.status, 401);
                assert.equal(error.cause[0].scheme, "basic");
                return true;
            },
        );
        const dead = await oauth.refreshTokenGrantRequest(
            as,
            client,
            oauth.ClientSecretBasic(CLIENT_SECRET),
            "srt_dead",
            over_http,
        );
        await assert.rejects(oauth.processRefreshTokenResponse(as, client, dead), {
            error: "invalid_grant",
            status: 400,
        });
    });

    test("hears a denial with state and iss", async () => {
        const url = new URL(as.authorization_endpoint);
        url.search = new URLSearchParams({
            response_type: "code",
            client_id: "conf",
            redirect_uri: CONFIDENTIAL_REDIRECT,
            state: "kept",
            code_challenge: await oauth.calculatePKCECodeChallenge("v".repeat(43)),
            code_challenge_method: "S256",
        });
        const callback = await new Person().authorize(url, { decision: "deny" });
        const client = { client_id: "conf" };
        assert.throws(() => oauth.validateAuthResponse(as, client, callback, "kept"), {
            error: "access_denied",
        });
        const mixed_up = { ...as, issuer: "https://another.example" };
        assert.throws(() => oauth.validateAuthResponse(mixed_up, client, callback, "kept"), /iss/);
    });
});
