// `sluice dev`: what a user sees who has read nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import { BINARY, dev } from "../support/sluice.mjs";

const run = promisify(execFile);

// Waits until `pattern` is in what the process printed; returns the match.
async function printed(sluice, pattern) {
    const deadline = Date.now() + 5_000;
    for (;;) {
        const match = sluice.child.stdout.match(pattern);
        if (match) return match;
        assert.ok(Date.now() < deadline, `no ${pattern} in:\n${sluice.child.output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

// The curl walk of the greeting: the lines from the first with curl up to the next empty one.
function curl_walk(greeting) {
    const lines = greeting.split("\n");
    const first = lines.findIndex((line) => /^\s*(\w+=\$\()?curl /.test(line));
    assert.ok(first >= 0, `no curl in:\n${greeting}`);
    const length = lines.slice(first).findIndex((line) => line.trim() === "");
    return lines.slice(first, length < 0 ? undefined : first + length).join("\n");
}

test("dev prints the MCP URL, a login and how to add it to a client", async () => {
    const sluice = await dev({});
    let greeting = "";
    try {
        await printed(sluice, new RegExp(`${sluice.origin}/mcp`));
        await printed(sluice, /claude mcp add [^\n]*\/mcp/);
        greeting = sluice.child.stdout;
        assert.match(greeting, /password/i);
        assert.match(greeting, /"mcpServers"|"url"/);
    } finally {
        await sluice.stop({ may_print: [greeting] });
    }
});

test("dev's curl walk works when pasted", async () => {
    const sluice = await dev({});
    try {
        await printed(sluice, /curl /);
        await new Promise((resolve) => setTimeout(resolve, 200));
        const { stdout } = await run("bash", ["-e", "-u", "-c", curl_walk(sluice.child.stdout)]);
        const lines = stdout.split(/\r?\n/);
        assert.ok(lines.some((line) => line.startsWith("HTTP/1.1 401")));
        assert.ok(lines.some((line) => /^www-authenticate: Bearer resource_metadata=/i.test(line)));
        assert.ok(
            lines.some((line) => /"result".*"isError":false/.test(line)),
            stdout,
        );
        assert.match(lines.at(-2), /"isError":true.*retry_after_seconds/);
    } finally {
        await sluice.stop({ may_print: [sluice.child.stdout] });
    }
});

test("dev refuses an address that is taken, and one that clients cannot be told", async () => {
    const sluice = await dev({});
    try {
        const own = sluice.origin.replace("http://", "");
        for (const [address, reason] of [
            [own, /cannot listen on .*Address already in use/],
            ["0.0.0.0:8080", /clients need the address/],
        ]) {
            const second = run(BINARY, ["dev", "--memory", "--listen", address], {
                timeout: 10_000,
            });
            await assert.rejects(second, (error) => {
                assert.equal(error.code, 1);
                assert.match(error.stderr, reason);
                return true;
            });
        }
    } finally {
        await sluice.stop({ may_print: [sluice.child.stdout] });
    }
});

test("a configuration with mistakes is told of as a whole", async () => {
    const refused = run(BINARY, ["check-config", "/dev/null"]);
    await assert.rejects(refused, ({ code }) => code === 1);
});

test("--version names the program", async () => {
    const { stdout } = await run(BINARY, ["--version"]);
    assert.match(stdout, /^sluice \d+\.\d+/);
});
