"""A host of client ID metadata documents over https, and what was asked of it."""

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class DocumentHost:
    """`pages` maps a path to (status, headers, body) or to a function of the handler; `asked` lists the paths in order."""

    def __init__(self, context: ssl.SSLContext | None):
        self.pages: dict = {}
        self.asked: list[str] = []
        self.connections = 0
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                host.asked.append(self.path)
                page = host.pages.get(self.path, (404, {}, b"nothing"))
                if callable(page):
                    return page(self)
                status, headers, body = page
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self):
                accepted = super().get_request()
                host.connections += 1
                return accepted

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self.server.server_address[1]
        self.origin = f"https://localhost:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path: str, headers: dict | None = None, **changes) -> str:
        """A good document, but for `changes` (None leaves a member out); gives its URL."""
        url = self.origin + path
        document = {
            "client_id": url,
            "client_name": "Documented app",
            "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
            "token_endpoint_auth_method": "none",
        } | changes
        body = json.dumps({name: value for name, value in document.items() if value is not None})
        self.pages[path] = (200, {"Content-Type": "application/json"} | (headers or {}), body.encode())
        return url

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def drip(handler) -> None:
    """A body that never ends, a byte now and then."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        pass
