"""A report or a forecast as a person or a program reads it. Renders; decides nothing and opens no file."""

from __future__ import annotations

from monitor.render.csv import to_csv, write_csv
from monitor.render.csv_tables import csv_tables
from monitor.render.forecast import forecast_to_text
from monitor.render.html import to_html
from monitor.render.json import forecast_to_json, to_json, write_json
from monitor.render.pdf import to_pdf
from monitor.render.text import to_text
from monitor.render.xlsx import write_xlsx

__all__ = [
    "csv_tables",
    "forecast_to_json",
    "forecast_to_text",
    "to_csv",
    "to_html",
    "to_json",
    "to_pdf",
    "to_text",
    "write_csv",
    "write_json",
    "write_xlsx",
]
