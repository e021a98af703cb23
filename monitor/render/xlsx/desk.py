"""One report in one language: how the workbook says things. Builds no sheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from monitor import wording
from monitor.calendar import DAY_US, local_us
from monitor.language import Language, Phrase
from monitor.model import SECOND_US, BlindTime, Seconds, SiteCategory, micros
from monitor.render.act_sentences import ActSentences
from monitor.render.phrases import TIME_KINDS, local
from monitor.render.xlsx import texts
from monitor.render.xlsx.book import Sheet
from monitor.render.xlsx.exact import PERCENT_STEPS, Pair
from monitor.render.xlsx.looks import SECONDS_EXACT, SECONDS_WHOLE, Look
from monitor.report import GroupFigure, GroupKind, Report, TimeKind

DAY_SECONDS: Final = 86_400
_DAY_ZERO: Final = (date(1970, 1, 1) - date(1899, 12, 30)).days  # spreadsheets count from there

KINDS: Final = TIME_KINDS


class Desk:
    """Says the report's phrases, instants, lengths and rates as cells want them."""

    def __init__(self, report: Report, language: Language) -> None:
        self.report = report
        self.language = language
        self.zone = ZoneInfo(report.terms.zone)
        self.none = self.say(wording.CSV_NO_VALUE)
        self.acts = ActSentences(language, lambda at: local(at, self.zone))

    def say(self, phrase: Phrase, **values: object) -> str:
        """A phrase, filled."""
        return phrase[self.language].format(**values) if values else phrase[self.language]

    def when(self, at: datetime | int | None) -> float | None:
        """A local instant as spreadsheets count, cut to the second; empty for none."""
        if at is None:
            return None
        day, clock = divmod(local_us(at if isinstance(at, int) else micros(at), self.zone), DAY_US)
        return _DAY_ZERO + day + clock // SECOND_US / DAY_SECONDS

    def rate(self, ratio: Fraction | None) -> float | str:
        """A ratio, cut to two decimals in percent; ``—`` for no value."""
        return self.none if ratio is None else ratio * PERCENT_STEPS // 1 / PERCENT_STEPS

    def group(self, group: GroupFigure) -> str:
        """A group's name."""
        if group.kind is GroupKind.CATEGORY:
            return self.say(wording.CATEGORIES[SiteCategory(group.id)])
        return group.name or self.none

    def month(self) -> str:
        """The report's month."""
        return self.say(wording.MONTH, year=self.report.year, month=self.report.month)

    def title(self, sheet: Sheet) -> None:
        """A sheet's first row: what it is of, and whether it is of a simulated record."""
        named = self.say(texts.SHEET_TITLE, town=self.report.town, month=self.month(), sheet=sheet.name)
        if self.report.simulated:
            named += "  *** " + self.say(wording.SIMULATED) + " ***"
        sheet.write(named, looks=Look.TITLE, height=24)

    def seconds_format(self) -> str:
        """The number format of seconds: decimals only where any second of the report has some."""
        spans = (getattr(figure.seconds, kind.value) for figure in self.report.cameras for kind in TimeKind)
        outages = (outage.scheduled_us for outage in self.report.outages)
        parted = any(us % SECOND_US for us in spans) or any(us % SECOND_US for us in outages)
        return SECONDS_EXACT if parted else SECONDS_WHOLE


def exact(us: int) -> int | float:
    """Seconds as the number nearest to the exact value; one camera's are told apart to the microsecond."""
    return us / SECOND_US if us % SECOND_US else us // SECOND_US


def length(us: int) -> float:
    """Days, cut to the second, for cells that show hours."""
    return us // SECOND_US / DAY_SECONDS


def ordered(seconds: Seconds) -> dict[TimeKind, int]:
    """The five kinds in their order, in microseconds."""
    us = (seconds.up, seconds.degraded, seconds.down, seconds.excluded, seconds.unobserved)
    return dict(zip(TimeKind, us, strict=True))


def online_kinds(blind: BlindTime) -> tuple[TimeKind, ...]:
    """What of the counted time is online; the same rule as ``sla.online``."""
    granted = (TimeKind.UNOBSERVED,) if blind is BlindTime.UP else ()
    return (TimeKind.UP, TimeKind.DEGRADED, *granted)


def intact_kinds(blind: BlindTime) -> tuple[TimeKind, ...]:
    """The same rule as ``sla.intact``."""
    granted = (TimeKind.UNOBSERVED,) if blind is BlindTime.UP else ()
    return (TimeKind.UP, *granted)


def counted_kinds(blind: BlindTime) -> tuple[TimeKind, ...]:
    """The same rule as ``sla.counted``."""
    seen = (TimeKind.UP, TimeKind.DEGRADED, TimeKind.DOWN)
    return seen if blind is BlindTime.EXCLUDED else (*seen, TimeKind.UNOBSERVED)


WATCHED_KINDS: Final = (TimeKind.UP, TimeKind.DEGRADED, TimeKind.DOWN, TimeKind.EXCLUDED)
ALL_KINDS: Final = tuple(TimeKind)


def added(kinds: Iterable[TimeKind], pattern: str) -> Pair:
    """The sum of kinds; ``pattern`` says how the cells of one are called: ``{kind}_{unit}``."""
    kinds = tuple(kinds)
    s, us = ("+".join(pattern.format(kind=kind.value, unit=unit) for kind in kinds) for unit in ("s", "us"))
    return Pair(s, us)
