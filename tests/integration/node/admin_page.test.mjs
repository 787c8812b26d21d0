// What is committed of the operators' page is what its sources give with the pinned packages, on the pinned Node.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

// ../run has installed what its package-lock.json pins.
const page = fileURLToPath(new URL("../../../web/admin/", import.meta.url));
const npm = fileURLToPath(new URL("../../../scripts/npm", import.meta.url));
const run_npm = (...args) => promisify(execFile)(npm, args, { cwd: page });

test("npm runs scripts on the pinned Node, whatever else is installed", async () => {
    const pins = new URL("../../../third_party/node/package.json", import.meta.url);
    const { optionalDependencies } = JSON.parse(readFileSync(pins, "utf8"));
    const { stdout } = await run_npm("exec", "--call", "node --version");
    assert.deepEqual(
        [...new Set(Object.values(optionalDependencies))],
        [stdout.trim().replace(/^v/, "")],
    );
});

test("the built page is up to date", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-admin-page-"));
    try {
        await run_npm("run", "build", "--", "--outDir", folder);
        const committed = join(page, "built");
        assert.deepEqual(readdirSync(folder).sort(), readdirSync(committed).sort());
        for (const name of readdirSync(folder)) {
            const [fresh, kept] = [folder, committed].map((where) =>
                readFileSync(join(where, name), "utf8"),
            );
            assert.equal(fresh, kept, `built/${name}: run "../../scripts/npm run build" in web/admin`);
        }
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
});
