// A certificate for 127.0.0.1, made for one test, and a client that trusts it.
import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function make_certificate() {
    const folder = mkdtempSync(join(tmpdir(), "sluice-certificate-"));
    const [certificate, key] = ["certificate.pem", "key.pem"].map((name) => join(folder, name));
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", key, "-out", certificate];
    execFileSync("openssl", ["req", "-x509", "-days", "2", ...kind, ...names, ...files], {
        stdio: "ignore",
    });
    const pem = readFileSync(certificate);
    const public_key = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
    return {
        pem,
        toml: `[server.tls]\ncertificate = "${certificate}"\nkey = "${key}"\n`,
        // What Chromium takes to trust this key and no other unknown one.
        spki: createHash("sha256").update(public_key).digest("base64"),
        remove: () => rmSync(folder, { recursive: true, force: true }),
    };
}

// POST of a form over TLS: {status, json}.
export function post_form_securely(url, fields, certificate) {
    return new Promise((resolve, reject) => {
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        const request = https.request(url, { method: "POST", headers, ca: certificate.pem });
        request.on("error", reject);
        request.on("response", async (answer) => {
            let text = "";
            for await (const piece of answer) text += piece;
            resolve({ status: answer.statusCode, json: JSON.parse(text) });
        });
        request.end(String(new URLSearchParams(fields)));
    });
}
