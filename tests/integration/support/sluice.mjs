// A running sluice: starts it, and on stopping checks how it ended and what it logged.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Child } from "./child.mjs";
import { whole_configuration } from "./configuration.mjs";
import { free_port, listening } from "./ports.mjs";
import { secrets_in } from "./secrets.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const BINARY = process.env.SLUICE_BINARY ?? join(root, "build/release/sluice");

const SANITIZER_REPORT = /(?:Address|Leak|Thread|Undefined\w*)Sanitizer|runtime error:/;

export class Sluice {
    constructor(child, { port, folder }) {
        this.child = child;
        this.port = port;
        this.folder = folder;
        this.origin = `http://127.0.0.1:${port}`;
        this.secrets = [];
    }

    url(path) {
        return new URL(path, this.origin);
    }

    // A drained process ends with 0; what it wrote holds no secret and no sanitizer report.
    // may_print: what it tells the user on purpose.
    async stop({ may_print = [] } = {}) {
        const { code, signal } = await this.child.stop();
        if (this.folder) rmSync(this.folder, { recursive: true, force: true });
        const output = may_print.reduce(
            (text, secret) => text.replaceAll(secret, ""),
            this.child.output,
        );
        const end = output.slice(-4000);
        assert.equal(signal, null, `sluice was killed by ${signal}:\n${end}`);
        assert.equal(code, 0, `sluice ended with ${code}:\n${end}`);
        assert.doesNotMatch(output, SANITIZER_REPORT);
        assert.deepEqual(secrets_in(output, { extra: this.secrets }), []);
    }
}

async function started(child, port, folder) {
    const sluice = new Sluice(child, { port, folder });
    try {
        await listening(port, { gave_up: () => child.failure() });
    } catch (error) {
        await child.stop();
        throw error;
    }
    return sluice;
}

// `sluice serve` on a configuration text.
export async function serve(text, port) {
    const folder = mkdtempSync(join(tmpdir(), "sluice-test-"));
    const file = join(folder, "sluice.toml");
    writeFileSync(file, text, { mode: 0o600 });
    return started(new Child(BINARY, ["serve", "--config", file]), port, folder);
}

// Authorization server and gateway in one process; settings as whole_configuration takes them.
export async function serve_all(settings) {
    const port = await free_port();
    return serve(whole_configuration({ port, ...settings }), port);
}

// `sluice dev` with its built-in notes server; it keeps nothing unless `storage` names a file.
export async function dev({ user, storage }) {
    const port = await free_port();
    const kept = storage ? ["--storage", storage] : ["--memory"];
    const args = ["dev", "--listen", `127.0.0.1:${port}`, ...kept];
    if (user) args.push("--user", `${user.username}:${user.password}`);
    return started(new Child(BINARY, args), port);
}
