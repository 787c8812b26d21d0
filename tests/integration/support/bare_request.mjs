// HTTP requests with exactly the fields that are given (and Host): no User-Agent, no Accept.
import http from "node:http";

// Returns {status, headers, text, json}; json is undefined where the body is none.
export function bare(method, url, { headers = {}, body } = {}) {
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
        const request = http.request(url, {
            method,
            agent: false,
            headers: { ...headers, ...length },
        });
        request.once("error", reject);
        request.once("response", async (answer) => {
            const chunks = await answer.toArray();
            const text = Buffer.concat(chunks).toString();
            let json;
            try {
                json = JSON.parse(text);
            } catch {
                // Left undefined.
            }
            resolve({ status: answer.statusCode, headers: answer.headers, text, json });
        });
        request.end(body);
    });
}

export const bare_form = (url, fields, headers = {}) =>
    bare("POST", url, {
        headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
        body: String(new URLSearchParams(fields)),
    });

export const bare_json = (url, value, headers = {}) =>
    bare("POST", url, {
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(value),
    });
