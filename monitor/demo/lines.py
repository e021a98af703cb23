"""The same news as plain lines, for logs and terminals without a screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.demo.child import News, seen_at
from monitor.demo.place import ZONE
from monitor.demo.screen import transition_cells
from monitor.language import Language, Phrase
from monitor.model import State
from monitor.sla import percent
from monitor.wording import STATES

SUMMARY_EVERY = timedelta(seconds=10)
SUMMARY = Phrase(
    "本月在线率 {online}%(合同 {target:g}%) 完好率 {intact}% 覆盖率 {coverage}%",
    "online rate {online} % (contract {target:g} %), intact {intact} %, coverage {coverage} %",
)


class Lines:
    """Prints what is new; use as a context manager, like the screen."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._last_summary_at: datetime | None = None

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def tell(self, phrase: Phrase, at: datetime) -> None:
        """Something happens to the town."""
        self._print(at, f"*** {phrase[self._language]}")

    def show(self, news: News) -> None:
        """What changed, and every ten seconds how the town stands."""
        by_id = {camera["id"]: camera for camera in news.status["cameras"]}
        at = seen_at(news.status["at"])
        for change in news.transitions:
            cells = transition_cells(change, by_id.get(change["camera_id"]), self._language)
            self._print(at, "  ".join(cell.plain for cell in cells[1:]) + f"  @{cells[0].plain}")
        if self._last_summary_at is None or at - self._last_summary_at >= SUMMARY_EVERY:
            self._last_summary_at = at
            self._print(at, self._summary(news))

    def _summary(self, news: News) -> str:
        town, language = news.status["town"], self._language
        states = "  ".join(f"{STATES[state][language]} {town['states'][state.value]}" for state in State)
        rates = SUMMARY[language].format(
            online=percent(town["online_ratio"]),
            target=news.status["target"] * 100,
            intact=percent(town["intact_ratio"]),
            coverage=percent(town["coverage_ratio"]),
        )
        return f"{states}  |  {rates}"

    def _print(self, at: datetime, text: str) -> None:
        print(f"{at.astimezone(ZoneInfo(ZONE)):%H:%M:%S}  {text}", flush=True)
