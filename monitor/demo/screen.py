"""The live view in the terminal: the rate against the contract, every camera as a coloured square, what changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.demo.child import News, seen_at
from monitor.demo.place import ZONE
from monitor.language import Language, Phrase
from monitor.model import Cause, State
from monitor.sla import percent
from monitor.wording import CAUSES, STATES

COLOURS = {State.UP: "green", State.DEGRADED: "yellow", State.DOWN: "red", State.UNKNOWN: "bright_black"}
BY_NAME = {cause.value: cause for cause in Cause}
KEPT = 50  # lines of each list; the newest stand first, what does not fit is cut off below
LOW = 32  # rows; a lower terminal shows less of the lists, so that transitions always have room
VILLAGE_LINES, VILLAGE_LINES_LOW = 7, 6
STEP_LINES, STEP_LINES_LOW = 10, 5

TITLE = Phrase("{town} · 合同在线率 {target}% · {address}", "{town} · contract {target} % · {address}")
FIGURES = (
    (Phrase("本月在线率", "online"), "online_ratio"),
    (Phrase("完好率", "intact"), "intact_ratio"),
    (Phrase("覆盖率", "coverage"), "coverage_ratio"),
    (Phrase("月末预测", "forecast"), "forecast_ratio"),
)
VILLAGES = Phrase("各村(一格一台)", "villages (one square per camera)")
CHANGES = Phrase("最近的状态变化", "latest transitions")
HAPPENING = Phrase("正在发生", "what is happening")
STARTING = Phrase("等待监测程序的第一轮结果……", "waiting for the monitor's first round …")


class Screen:
    """Redrawn with every piece of news; use as a context manager."""

    def __init__(self, language: Language, address: str) -> None:
        self._language = language
        self._address = address
        self._changes: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._told: deque[Text] = deque(maxlen=KEPT)
        self._status: dict[str, Any] | None = None
        self._live = Live(self._draw(), screen=True, refresh_per_second=4)

    def __enter__(self) -> Screen:
        self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)

    def tell(self, phrase: Phrase, at: datetime) -> None:
        """Something happens to the town."""
        self._told.appendleft(Text(f"{_clock(at)}  {phrase[self._language]}"))
        self._live.update(self._draw())

    def show(self, news: News) -> None:
        """The town as the monitor sees it now."""
        self._status = news.status
        self._changes.extendleft(news.transitions)
        self._live.update(self._draw())

    def _draw(self) -> RenderableType:
        if self._status is None:
            return Panel(STARTING[self._language])
        layout = Layout()
        low = self._live.console.height < LOW
        layout.split_column(
            Layout(self._head(self._status), size=4),
            Layout(self._villages(self._status["cameras"]), size=VILLAGE_LINES_LOW if low else VILLAGE_LINES),
            Layout(
                Panel(Group(*self._told), title=HAPPENING[self._language]), size=STEP_LINES_LOW if low else STEP_LINES
            ),
            Layout(self._transitions(self._status["cameras"])),
        )
        return layout

    def _head(self, status: dict[str, Any]) -> Panel:
        town, language, target = status["town"], self._language, status["target"]
        rates = Text(justify="center")
        for label, name in FIGURES:
            rates.append(f"{label[language]} ", "dim")
            rates.append(f"{percent(town[name])} %   ", _against(town[name], target))
        states = Text.assemble(*_states(town["states"], language), justify="center")
        title = TITLE[language].format(town=town["name"], target=f"{target * 100:g}", address=self._address)
        return Panel(Group(rates, states), title=title)

    def _villages(self, cameras: Sequence[dict[str, Any]]) -> Panel:
        villages: dict[str, Text] = {}
        for camera in cameras:
            cells = villages.setdefault(camera["village"], Text(f"{camera['village']} "))
            cells.append("■" if not camera["in_maintenance"] else "▧", COLOURS[State(camera["state"])])
        return Panel(Columns(villages.values(), equal=True, expand=True), title=VILLAGES[self._language])

    def _transitions(self, cameras: Sequence[dict[str, Any]]) -> Panel:
        by_id = {camera["id"]: camera for camera in cameras}
        table = Table.grid(padding=(0, 2))
        for change in self._changes:
            table.add_row(*transition_cells(change, by_id.get(change["camera_id"]), self._language))
        return Panel(table, title=CHANGES[self._language])


def transition_cells(change: dict[str, Any], camera: dict[str, Any] | None, language: Language) -> tuple[Text, ...]:
    """One transition as a row: when it began, which camera, what changed, why."""
    old, new, cause = State(change["old"]), State(change["new"]), BY_NAME[change["cause"]]
    where = ""
    if camera is not None:
        village, name = camera["village"], camera["name"]
        where = name if name.startswith(village) else f"{village} {name}"
    return (
        Text(_clock(seen_at(change["at"])), "dim"),
        Text(change["camera_id"]),
        Text(where),
        Text.assemble((STATES[old][language], COLOURS[old]), " → ", (STATES[new][language], COLOURS[new])),
        Text("" if cause is Cause.OK else f"{CAUSES[cause][language]} ({cause.value})"),
    )


def _states(states: dict[str, int], language: Language) -> list[tuple[str, str]]:
    return [(f"{STATES[state][language]} {states[state.value]}  ", COLOURS[state]) for state in State]


def _against(ratio: float | None, target: float) -> str:
    if ratio is None:
        return "dim"
    return "bold green" if ratio >= target else "bold red"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(ZONE)):%H:%M:%S}"
