// Texts that must reach nobody's log. Sluice's own tokens are told by their prefixes.
export const ALICE = { username: "alice", password: "canary horse battery staple" };
export const OLGA = { name: "olga", password: "canary operator of the watch" };
export const CLIENT_SECRET = "canary-client-secret-0123456789abcdef0123456789abcdef";
export const RS_SECRET = "canary-rs-secret-0123456789abcdef0123456789abcdef";

const TOKEN_PATTERN = /\b(?:sat|srt|sac|sse)_[A-Za-z0-9_-]{20,}/g;
const CANARY_PATTERN = /canary[ +%-][^"\s]*/g;

// Every secret found in `text`; empty when it is fit to be logged.
export function secrets_in(text, { extra = [] } = {}) {
    const found = [...text.matchAll(TOKEN_PATTERN), ...text.matchAll(CANARY_PATTERN)];
    return [...found.map((match) => match[0]), ...extra.filter((secret) => text.includes(secret))];
}
