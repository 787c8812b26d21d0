// A cookie jar for one origin that is as strict as curl: no Secure cookie over plain http.
export class CookieJar {
    #cookies = new Map();

    // set_cookie: the Set-Cookie lines of an answer from `url`.
    store(set_cookie, url) {
        for (const line of set_cookie) {
            const [pair, ...rest] = line.split(";").map((part) => part.trim());
            const [name, ...value] = pair.split("=");
            const flags = new Map(
                rest.map((part) => part.split("=")).map(([k, v]) => [k.toLowerCase(), v]),
            );
            if (flags.has("secure") && url.protocol !== "https:") continue;
            if (flags.get("max-age") === "0" || value.join("=") === "") this.#cookies.delete(name);
            else
                this.#cookies.set(name, { value: value.join("="), path: flags.get("path") ?? "/" });
        }
    }

    header(url) {
        return [...this.#cookies]
            .filter(([, { path }]) => url.pathname.startsWith(path))
            .map(([name, { value }]) => `${name}=${value}`)
            .join("; ");
    }

    get size() {
        return this.#cookies.size;
    }
}
