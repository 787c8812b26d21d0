// The TOML of a process with a page for operators, two resources under friction, and agents that
// act for themselves.
import { readFileSync } from "node:fs";

import { authorization_server_section, server_section } from "./configuration.mjs";
import { CLIENT_SECRET, OLGA } from "./secrets.mjs";

const folder = new URL("../configuration/", import.meta.url);

function piece(name, values) {
    const template = readFileSync(new URL(`${name}.toml`, folder), "utf8");
    return template.replace(/\{\{(\w+)\}\}/g, (_, key) => values[key]);
}

export function watched_configuration({ port, admin_port, upstream, agents }) {
    return [
        server_section({ port }),
        authorization_server_section({ port }),
        ...agents.map((client_id) => piece("agent", { client_id, client_secret: CLIENT_SECRET })),
        piece("watched", { upstream }),
        piece("admin", { admin_port, operator_password: OLGA.password }),
    ].join("\n");
}
