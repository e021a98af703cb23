"""The report as one HTML file, to be read on a screen and printed on A4. One file per part of it."""

from __future__ import annotations

from monitor.render.html.page import to_html

__all__ = ["to_html"]
