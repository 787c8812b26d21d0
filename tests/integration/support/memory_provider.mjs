// What an application keeps between steps of signing in: the same for both generations of the SDK.
import { randomBytes } from "node:crypto";

// Nobody listens there: the person reads the address.
export const REDIRECT_URL = "http://127.0.0.1:43117/callback";

export class MemoryProvider {
    constructor({ client_metadata = {}, narrow_scope } = {}) {
        this.redirectUrl = REDIRECT_URL;
        this.clientMetadata = {
            client_name: "Integration test client",
            redirect_uris: [REDIRECT_URL],
            grant_types: ["authorization_code", "refresh_token"],
            response_types: ["code"],
            token_endpoint_auth_method: "none",
            ...client_metadata,
        };
        this.narrow_scope = narrow_scope; // asks for this scope instead of the SDK's, once
        this.authorization_urls = [];
        this.saved_tokens = [];
        this.invalidated = [];
    }

    state() {
        this.expected_state = randomBytes(16).toString("base64url");
        return this.expected_state;
    }

    clientInformation() {
        return this.client;
    }

    saveClientInformation(client) {
        this.client = client;
    }

    tokens() {
        return this.current_tokens;
    }

    saveTokens(tokens) {
        this.current_tokens = tokens;
        this.saved_tokens.push(tokens);
    }

    redirectToAuthorization(url) {
        if (this.narrow_scope) url.searchParams.set("scope", this.narrow_scope);
        this.narrow_scope = undefined;
        this.authorization_urls.push(url);
    }

    saveCodeVerifier(verifier) {
        this.verifier = verifier;
    }

    codeVerifier() {
        return this.verifier;
    }

    // The SDK 2.x keeps what it found out before the redirect here; 1.x does so too.
    saveDiscoveryState(state) {
        this.discovery = state;
    }

    discoveryState() {
        return this.discovery;
    }

    invalidateCredentials(which) {
        this.invalidated.push(which);
        if (which === "all" || which === "client") this.client = undefined;
        if (which === "all" || which === "tokens") this.current_tokens = undefined;
    }

    get scopes() {
        return (this.current_tokens?.scope ?? "").split(" ").filter(Boolean).sort();
    }
}
