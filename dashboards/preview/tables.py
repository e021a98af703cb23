"""Tables: the answers of several queries merged by their labels, as Grafana's transformations do it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from dashboards.preview.asking import Series
from dashboards.preview.reading import Shown, Target
from dashboards.preview.values import word, written

Row = dict[str, str | float]


def rows(found: Sequence[tuple[Target, list[Series]]]) -> list[Row]:
    """One row for each set of labels."""
    merged: dict[tuple[tuple[str, str], ...], Row] = {}
    for target, several in found:
        name = "Value" if len(found) == 1 else f"Value #{target.ref}"
        for series in several:
            row = merged.setdefault(tuple(sorted(series.labels.items())), dict(series.labels))
            row[name] = series.last
    return list(merged.values())


def table(panel: Shown, found: Sequence[tuple[Target, list[Series]]]) -> str:
    """The table with the columns, titles, words and order of the file."""
    made = rows(found)
    if not made:
        return f'<div class="nothing">{escape(panel.defaults.get("noValue", "—"))}</div>'
    (organised,) = [change["options"] for change in panel.transformations if change["id"] == "organize"]
    titles: dict[str, str] = organised["renameByName"]
    for by in panel.options.get("sortBy", []):
        (field,) = [field for field, title in titles.items() if title == by["displayName"]]
        made.sort(key=lambda row: float(row.get(field, 0)), reverse=by["desc"])
    own = {field: panel.overriding("byName", title) for field, title in titles.items()}
    heads = "".join(f"<th{_width(own[field])}>{escape(title)}</th>" for field, title in titles.items())
    body = "".join(
        f"<tr>{''.join(_cell(row.get(field, ''), own[field], panel) for field in titles)}</tr>" for row in made
    )
    return f'<table class="rows"><tr>{heads}</tr>{body}</table>'


def _width(properties: dict[str, Any]) -> str:
    return f' style="width:{properties["custom.width"]}px"' if "custom.width" in properties else ""


def _cell(value: str | float, properties: dict[str, Any], panel: Shown) -> str:
    style = ""
    if said := word(properties.get("mappings", []), value):
        text, colour = said
        style = f' style="color:{colour}"'
    elif isinstance(value, float):
        text = written(value, str(properties.get("unit", panel.defaults["unit"])), properties.get("decimals"))
    else:
        text = value
    shown = f"<a>{escape(text)}</a>" if "links" in properties else escape(text)
    return f"<td{style}>{shown}</td>"
