// The TOML a test process runs on: pieces of configuration/ with {{names}} filled in.
import { readFileSync } from "node:fs";

import { ALICE, CLIENT_SECRET, RS_SECRET } from "./secrets.mjs";

const folder = new URL("../configuration/", import.meta.url);

function piece(name, values) {
    const template = readFileSync(new URL(`${name}.toml`, folder), "utf8");
    return template.replace(/\{\{(\w+)\}\}/g, (_, key) => {
        if (values[key] === undefined) throw new Error(`${name}.toml needs a value for ${key}`);
        return values[key];
    });
}

export function server_section({ port, allowed_origins = [] }) {
    return piece("server", {
        port,
        public_url: `http://127.0.0.1:${port}`,
        allowed_origins: JSON.stringify(allowed_origins),
    });
}

// elsewhere: identifiers of resources behind gateways of other processes.
export function authorization_server_section({ port, access_token_ttl = "1h", elsewhere = [] }) {
    return piece("authorization_server", {
        issuer: `http://127.0.0.1:${port}`,
        elsewhere: elsewhere.length ? `resources = ${JSON.stringify(elsewhere)}\n` : "",
        access_token_ttl,
        password: ALICE.password,
        client_secret: CLIENT_SECRET,
        rs_secret: RS_SECRET,
    });
}

// friction: what deleting notes too often meets: "friction", "ladder", or nothing.
export function resource_section({ path = "/mcp", name = "Notes", upstream, friction }) {
    const resource = piece("resource", { path, name, upstream });
    return friction ? `${resource}\n${piece(friction, {})}` : resource;
}

// A resource at /mcp whose tokens the authorization server at `issuer` knows.
export function introspecting_resource_section({ upstream, issuer }) {
    return piece("resource_introspection", { upstream, issuer, rs_secret: RS_SECRET });
}

// One process that is authorization server and gateway for `resources`.
export function whole_configuration({ port, resources, access_token_ttl, allowed_origins }) {
    return [
        server_section({ port, allowed_origins }),
        authorization_server_section({ port, access_token_ttl }),
        ...resources.map(resource_section),
    ].join("\n");
}
