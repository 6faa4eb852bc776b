"""Websites for tests: pages of our own making, served from an origin of their own."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Website(ThreadingHTTPServer):
    """Serves what `put` was given.

    Args:
        port: a free port.
    """

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.origin = f"http://127.0.0.1:{port}"
        self.pages: dict[str, tuple[str, str, str]] = {}

    def put(self, path: str, html: str, policy: str = "", kind: str = "text/html") -> str:
        """Puts a page on the site, perhaps with a Content-Security-Policy. Returns its address."""
        self.pages[path] = (html, policy, kind)
        return self.origin + path


class _Handler(BaseHTTPRequestHandler):
    server: Website

    def do_GET(self) -> None:
        html, policy, kind = self.server.pages.get(self.path, ("", "", "text/html"))
        body = html.encode()
        self.send_response(200 if html else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass
