// What is committed of the operators' page is what its sources give with the pinned packages.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const source = fileURLToPath(new URL("../../../web/admin/", import.meta.url));

test("the built page is up to date", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-admin-page-"));
    try {
        const is_source = (path) => !/\/(node_modules|built)$/.test(path);
        cpSync(source, folder, { recursive: true, filter: is_source });
        const npm = (...args) => run("npm", args, { cwd: folder });
        await npm("ci", "--no-audit", "--no-fund", "--loglevel=error");
        await npm("run", "build");
        const built = readdirSync(join(folder, "built"));
        assert.deepEqual(built.sort(), readdirSync(join(source, "built")).sort());
        for (const name of built) {
            const [fresh, committed] = [folder, source].map((root) =>
                readFileSync(join(root, "built", name), "utf8"),
            );
            assert.equal(fresh, committed, `built/${name}: run "npm run build" in web/admin`);
        }
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
});
