"""A report as a person or a program reads it. Renders; decides nothing and writes no file."""

from __future__ import annotations

from monitor.render.csv import to_csv
from monitor.render.html import to_html
from monitor.render.json import to_json
from monitor.render.text import to_text
from monitor.render.xlsx import write_xlsx

__all__ = ["to_csv", "to_html", "to_json", "to_text", "write_xlsx"]
