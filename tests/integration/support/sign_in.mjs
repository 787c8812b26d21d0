// Signing in through an SDK: the part of an application that opens the browser.
import assert from "node:assert/strict";

// Completes the authorization that `provider` was last sent to; returns the callback URL.
export async function complete_authorization(sdk, transport, provider, person) {
    const callback = await person.authorize(provider.authorization_urls.at(-1));
    assert.equal(callback.searchParams.get("error"), null, callback.search);
    assert.equal(callback.searchParams.get("state"), provider.expected_state);
    await sdk.finish(transport, callback);
    return callback;
}

// Connects with nothing but the MCP URL; returns {client, transport, callback, errors}.
// errors collects what the SDK reports out of band from here on.
export async function sign_in(sdk, url, provider, person, options) {
    const first = sdk.create(url, provider, options);
    await assert.rejects(first.client.connect(first.transport), sdk.UnauthorizedError);
    const callback = await complete_authorization(sdk, first.transport, provider, person);
    const { client, transport } = sdk.create(url, provider, options);
    const errors = [];
    client.onerror = (error) => errors.push(error);
    await client.connect(transport);
    return { client, transport, callback, errors };
}

// Runs `operation`; where it needs more scopes, signs in for them and runs it once more.
export async function with_step_up(sdk, transport, provider, person, operation) {
    await assert.rejects(operation(), sdk.UnauthorizedError);
    await complete_authorization(sdk, transport, provider, person);
    return operation();
}
