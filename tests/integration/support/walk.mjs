// The walk that every MCP client makes, as steps of a test: sign in, list, call, refresh, step up,
// revoked. The SDKs differ in `sdk`; the servers behind the gateway in `tools`.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { MemoryProvider, REDIRECT_URL } from "./memory_provider.mjs";
import { revoke } from "./oauth.mjs";
import { Person } from "./person.mjs";
import { sign_in, with_step_up } from "./sign_in.mjs";

// Tools of the servers: one that reads, one that needs mcp:write.
export const NOTES = {
    read: { name: "list_notes", arguments: {} },
    get write() {
        return { name: "create_note", arguments: { id: randomUUID(), text: "written by a test" } };
    },
};
export const EVERYTHING = {
    read: { name: "echo", arguments: { message: "hello" } },
    write: { name: "toggle-simulated-logging", arguments: {} },
};

async function succeeds(client, call) {
    const result = await client.callTool(call);
    assert.ok(!result.isError, JSON.stringify(result));
    assert.equal(result.content[0].type, "text");
    return result;
}

// A new sign-in asks for what the challenge and the metadata told, and nothing else is needed.
async function check_sign_in(sdk, sluice, url, provider, person) {
    const session = await sign_in(sdk, url, provider, person);
    const { searchParams: asked } = provider.authorization_urls[0];
    assert.equal(asked.get("resource"), String(url));
    assert.equal(asked.get("code_challenge_method"), "S256");
    assert.equal(asked.get("redirect_uri"), REDIRECT_URL);
    assert.equal(session.callback.searchParams.get("iss"), sluice.origin);
    assert.equal(provider.current_tokens.token_type.toLowerCase(), "bearer");
    assert.match(person.last_page.text, /Integration test client/);
    return session;
}

async function check_refresh(client, provider, tools) {
    const before = provider.current_tokens;
    provider.current_tokens = { ...before, access_token: "sat_of-an-hour-ago" };
    await succeeds(client, tools.read);
    const after = provider.current_tokens;
    assert.equal(provider.authorization_urls.length, 1, "refreshing opened the browser");
    assert.ok(after.access_token.length > 20 && after.access_token !== before.access_token);
    assert.notEqual(
        after.refresh_token,
        before.refresh_token,
        "a public client's token is rotated",
    );
    assert.deepEqual(after.scope, before.scope);
}

async function check_revoked(sdk, sluice, client, provider, tools) {
    const { client_id } = provider.client;
    await revoke(sluice, { client_id, token: provider.current_tokens.refresh_token });
    const asked_before = provider.authorization_urls.length;
    await assert.rejects(client.callTool(tools.read), sdk.UnauthorizedError);
    assert.equal(provider.authorization_urls.length, asked_before + 1, "the person is asked again");
    assert.deepEqual(provider.invalidated, ["tokens"], "the registration stays good");
}

// t: the test; sluice: the gateway's process; path: of the resource.
export async function walk(t, given) {
    const { sdk, sluice, path = "/mcp", tools, user, check_connected } = given;
    const { authorization_server = sluice } = given;
    const url = sluice.url(path);
    const provider = new MemoryProvider({ narrow_scope: "mcp:read" });
    const person = new Person(user);
    let session;

    await t.test("signs in with nothing but the MCP URL", async () => {
        session = await check_sign_in(sdk, authorization_server, url, provider, person);
        check_connected?.(session);
    });
    if (!session) return;
    const { client, transport, errors } = session;
    await t.test("lists tools and calls one", async () => {
        const { tools: listed } = await client.listTools();
        assert.ok(listed.some(({ name }) => name === tools.read.name));
        await succeeds(client, tools.read);
        assert.deepEqual(errors, []);
    });
    await t.test("refreshes an access token that has run out", () =>
        check_refresh(client, provider, tools),
    );
    await t.test("steps up to a tool that changes things", () =>
        check_step_up(sdk, url, { client, transport, provider, person, tools }),
    );
    await t.test("meets 401 and signs in anew once revoked", () =>
        check_revoked(sdk, authorization_server, client, provider, tools),
    );
    await client.close();
}

// Client 2.x asks for the union of scopes by itself. SDK 1.x merely refreshes where it holds a
// refresh token and then reports the 403; without one it signs in for the challenge's scopes.
async function check_step_up(sdk, url, session) {
    const { provider, person, tools } = session;
    let { client, transport } = session;
    let own = provider;
    if (!sdk.mode) {
        await assert.rejects(client.callTool(tools.write), /403 after trying upscoping/);
        const client_metadata = { grant_types: ["authorization_code"] };
        own = new MemoryProvider({ narrow_scope: "mcp:read", client_metadata });
        ({ client, transport } = await sign_in(sdk, url, own, person));
        assert.equal(own.current_tokens.refresh_token, undefined, "none was registered for");
    }
    assert.deepEqual(own.scopes, ["mcp:read"]);
    const { write } = tools;
    const call = () => client.callTool(write);
    const result = await with_step_up(sdk, transport, own, person, call);
    assert.ok(!result.isError, JSON.stringify(result));
    assert.ok(own.scopes.includes("mcp:read") && own.scopes.includes("mcp:write"), own.scopes);
    await succeeds(client, tools.read);
    const { tools: listed } = await client.listTools();
    assert.ok(listed.some(({ name }) => name === tools.write.name));
    if (own !== provider) await client.close();
}
