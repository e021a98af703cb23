"""A whole board as one HTML page of the size of a screen."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from dashboards.model import WIDTH
from dashboards.preview.asking import Prometheus, Series
from dashboards.preview.drawing import Frame, inside
from dashboards.preview.reading import Chosen, Shown, Target, Wall, filled, seconds
from dashboards.preview.tables import table
from dashboards.preview.values import answers
from monitor.calendar import month_of, month_span
from monitor.model import instant

SCREEN = 1920  # pixels
COLUMN, UNIT, GAP, TOP = SCREEN / WIDTH, 38, 8, 60
HEAD = 28  # of a panel: its title
PIXELS_PER_POINT = 3

STYLE = """
body{margin:0;background:#111217;color:#ccccdc;font:14px "Noto Sans CJK SC",sans-serif;position:relative}
h1{position:absolute;margin:0;left:12px;top:8px;font-size:20px;font-weight:500}
p.choices{position:absolute;margin:0;right:12px;top:12px}
section{position:absolute;background:#181b1f;border:1px solid #26282e;border-radius:3px;overflow:hidden}
h2{margin:0;padding:4px 10px;font-size:14px;font-weight:500;white-space:nowrap;overflow:hidden;height:20px}
svg{display:block} text{font-size:12px} text:not(.in){fill:#9a9aa8} text.in{font-size:13px} .grid{stroke:#2a2c33}
.stat{display:flex;position:absolute;inset:28px 4px 4px;gap:4px}
.stat div{flex:1;display:flex;flex-direction:column;justify-content:center;align-items:center;
border-radius:2px;overflow:hidden;white-space:nowrap}
.stat b{font-size:28px;font-weight:500} .stat i{font-style:normal;font-size:15px}
.nothing{position:absolute;inset:28px 0 0;display:grid;place-items:center;color:#8e8e8e;font-size:18px}
table{width:100%;border-collapse:collapse;table-layout:fixed} td,th{padding:4px 8px;overflow:hidden;white-space:nowrap;
text-overflow:ellipsis;text-align:left;border-top:1px solid #26282e;font-weight:400} th{color:#6e9fff;font-size:13px}
a{color:#6e9fff;text-decoration:underline}
.bars td{border:0;padding:3px 8px} .bars td:first-child{width:34%} .bars td:last-child{width:17%;text-align:right}
.bars div{height:20px;min-width:1px}
.legend{color:#9a9aa8;font-size:12px;height:20px;white-space:nowrap;overflow:hidden}
.legend span{margin:0 10px} .legend u{display:inline-block;width:14px;height:3px;margin:0 5px 4px 0}
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the board is looked at."""

    now: datetime
    zone: str

    def since(self, text: str) -> float:
        """The unix second a range such as ``now/M`` or ``now-24h`` begins."""
        if text == "now/M":
            zone = ZoneInfo(self.zone)
            return instant(month_span(*month_of(self.now, zone), zone).start).timestamp()
        return (self.now - timedelta(seconds=seconds(text.removeprefix("now-")))).timestamp()


def height_of(wall: Wall) -> int:
    """Pixels of the page."""
    return TOP + UNIT * max(panel.y + panel.height for panel in wall.panels)


async def page(wall: Wall, prometheus: Prometheus, wanted: Chosen, now: datetime) -> str:
    """The board with what Prometheus says now."""
    chosen = await prometheus.choices(wall, wanted, now.timestamp())
    moment = Moment(now, wall.zone)
    drawn = await asyncio.gather(*(_section(panel, wall, prometheus, chosen, moment) for panel in wall.panels))
    choices = [
        f"{each.label}: {', '.join(chosen[each.name][:3])}{' …' if len(chosen[each.name]) > 3 else ''}"
        for each in wall.variables
        if not each.hidden
    ]
    said = " · ".join([*choices, wall.since])
    return (
        f'<!doctype html><html lang="{wall.language}"><meta charset="utf-8"><title>{escape(wall.title)}</title>'
        f"<style>{STYLE}</style><body style='width:{SCREEN}px;height:{height_of(wall)}px'>"
        f'<h1>{escape(wall.title)}</h1><p class="choices">{escape(said)}</p>{"".join(drawn)}'
    )


async def _section(panel: Shown, wall: Wall, prometheus: Prometheus, chosen: Chosen, moment: Moment) -> str:
    wide, high = round(panel.width * COLUMN - GAP), panel.height * UNIT - GAP
    start, end = moment.since(f"now-{panel.last}" if panel.last else wall.since), moment.now.timestamp()
    least = seconds(panel.step) if panel.step else 60
    step = max(least, int((end - start) / wide * PIXELS_PER_POINT) // 60 * 60)
    frame = Frame(wide, high - HEAD, start, end, step, wall.zone)
    found = await asyncio.gather(*(_ask(target, prometheus, chosen, frame) for target in panel.targets))
    body = table(panel, found) if panel.type == "table" else inside(panel, answers(panel, found), frame)
    place = f"left:{panel.x * COLUMN + GAP / 2:.0f}px;top:{TOP + panel.y * UNIT}px;width:{wide}px;height:{high}px"
    return f'<section style="{place}"><h2>{escape(panel.title)}</h2>{body}</section>'


async def _ask(target: Target, prometheus: Prometheus, chosen: Chosen, frame: Frame) -> tuple[Target, list[Series]]:
    expr = filled(target.expr, chosen, frame.end - frame.start, frame.step)
    if target.instant:
        return target, await prometheus.instant(expr, frame.end)
    first, last = (on_step(at, int(frame.step), ZoneInfo(frame.zone)) for at in (frame.start, frame.end))
    return target, await prometheus.course(expr, first, last, int(frame.step))


def on_step(at: float, step: int, zone: ZoneInfo) -> float:
    """The last whole step before an instant, as Grafana reckons it: days begin at midnight of the board's zone."""
    offset = datetime.fromtimestamp(at, zone).utcoffset() or timedelta(0)
    shift = offset.total_seconds()
    return (at + shift) // step * step - shift
