"""Somebody's webhook: every body that is posted becomes a line of a file.

``python -m tests.real.webhook FILE``; it prints where it listens.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


def main(path: Path) -> None:
    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(body) + "\n")
            self.send_response(200)
            self.end_headers()

    path.touch()
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)  # noqa: T201 - how it is found
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
