// Free loopback ports, and waiting until something listens.
import net from "node:net";

export async function free_port() {
    const server = net.createServer();
    await new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
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
