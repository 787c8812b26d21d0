// Free loopback ports, and waiting until something listens.
import net from "node:net";

function can_listen(port) {
    const server = net.createServer();
    return new Promise((resolve) => {
        server.once("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
}

// Below the ports that the kernel gives to connections (from 32768 on): one of those may be taken
// between two breaths, or be connected to itself by whoever waits for a listener.
export async function free_port() {
    for (;;) {
        const port = 20_000 + Math.floor(Math.random() * 12_000);
        if (await can_listen(port)) return port;
    }
}

function accepts(port) {
    return new Promise((resolve) => {
        const socket = net.connect({ host: "127.0.0.1", port });
        socket.once("connect", () => {
            socket.destroy();
            resolve(true);
        });
        socket.once("error", () => resolve(false));
    });
}

// Resolves once `port` accepts connections; rejects after `timeout_ms`, or when `gave_up()` says
// why.
export async function listening(port, { timeout_ms = 15_000, gave_up = () => undefined } = {}) {
    const deadline = Date.now() + timeout_ms;
    while (!(await accepts(port))) {
        const reason = gave_up();
        if (reason) throw new Error(reason);
        if (Date.now() > deadline) throw new Error(`nothing listens on port ${port}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
