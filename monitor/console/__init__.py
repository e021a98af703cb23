"""What the monitor shows over HTTP: a landing page, metrics, health, and the state of the town as JSON.

It shows what a ``Source`` says and decides nothing. It shows no URL and no credentials of a camera.
"""

from __future__ import annotations

from monitor.console.app import make_app, serve
from monitor.console.source import Source

__all__ = ["Source", "make_app", "serve"]
