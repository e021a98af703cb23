"""Where acts are made: who acts, under which contract, what time it is, and the record where there is one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import Progress

from monitor.acts import Act, ActTerms, Head, Recorded, Stamp, Standing, standing
from monitor.calendar import FOREVER, parse_month
from monitor.cli.people import texts
from monitor.contract import Contract
from monitor.errors import UsageError
from monitor.incidents import References
from monitor.language import Language
from monitor.ledger import Ledger, TransitionRecorded
from monitor.model import Actor, Camera, Outage, Span, instant, micros
from monitor.outages import unbroken
from monitor.parsing import local_instant, moment
from monitor.reporting import figures_at, incidents_of
from monitor.settings import Settings


class Made(NamedTuple):
    """An act and where it was described, for messages: a line of a file, or the command."""

    where: str
    act: Act


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's place to act."""

    terms: ActTerms
    by: Actor
    now: datetime
    language: Language
    settings: Settings | None = None  # None: none at hand
    contract: Contract | None = None  # with the settings
    ledger: Ledger | None = None  # None: no record at hand

    @property
    def zone(self) -> ZoneInfo:
        """The contract's zone, in which times are written."""
        return ZoneInfo(self.terms.zone)

    def record(self) -> Ledger:
        """The ledger; UsageError where there is none."""
        if self.ledger is None:
            path = "" if self.settings is None else self.settings.ledger
            raise UsageError(texts.NO_RECORD[self.language].format(path=path))
        return self.ledger

    def standing(self) -> Standing:
        """What was done under the contract so far."""
        return standing(self.acts(), self.terms)

    def acts(self) -> Iterator[Recorded]:
        """Every act in the record."""
        return self.record().acts()

    def figures(self, month: str, heads: Iterable[Head]) -> str:
        """The digest of a month's figures by the record up to these heads; "" where no month is named."""
        ledger = self.record()
        assert self.settings is not None, "a record is found by settings"
        assert self.contract is not None, "which say the contract, too"
        try:
            when = parse_month(month)
        except ValueError:
            return ""
        return figures_at(ledger, heads, self.settings, self.contract, when, self.now)

    def incidents(self, period: Span) -> References:
        """To which incidents the outages of a period belong; on a terminal one sees how far that is."""
        assert self.settings is not None, "a record is found by settings"
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task(texts.FOLDING[self.language], total=1.0)
            return incidents_of(
                self.record(), self.settings, period, lambda share: progress.update(task, completed=share)
            )

    def about(self, camera: Camera) -> bool:
        """Whether the contract is about the camera."""
        return camera.in_contract if self.contract is None else self.contract.about(camera)

    def stamp(self, act_id: str | None = None) -> Stamp:
        """A stamp for a new act."""
        return Stamp(act_id or new_id(), self.terms.contract, self.now, self.by)

    def at(self, text: str) -> datetime:
        """The instant of a local time; UsageError says what to write instead."""
        try:
            return local_instant(text, self.zone)
        except ValueError as error:
            raise UsageError(str(error)) from error

    def local(self, at: datetime) -> str:
        """An instant as people in the zone write it, with its offset where the clocks show that time twice."""
        local = at.astimezone(self.zone)
        twice = local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()
        return local.isoformat(" ", "seconds") if twice else f"{local:%Y-%m-%d %H:%M:%S}"

    def outage(self, text: str) -> list[Outage]:
        """The run of outages that CAMERA@TIME names: one the camera was in then, or one that began in that minute."""
        camera_id, sign, when = text.rpartition("@")
        if not sign or not camera_id:
            raise UsageError(texts.OUTAGE_FORM[self.language].format(text=text))
        runs = outage_runs(self.record(), camera_id)
        at = micros(self.at(when))
        precise = moment_has_seconds(when)
        for run in runs:
            span = span_of(run)
            begins = span.start if precise else span.start - span.start % 60_000_000
            if begins - begins % 1_000_000 <= at < span.end:
                return run
        near = sorted(runs, key=lambda run: abs(micros(run[0].start_at) - at))[:3]
        raise UsageError(
            texts.NO_OUTAGE[self.language].format(
                camera=camera_id,
                at=when,
                near=", ".join(self.local(run[0].start_at) for run in near) or texts.NONE[self.language],
            )
        )


def new_id() -> str:
    """Ten random hex digits: short enough to type, and used once."""
    return secrets.token_hex(5)


def outage_runs(ledger: Ledger, camera_id: str) -> list[list[Outage]]:
    """A camera's outages, oldest first, each with what it was told to be."""
    entries = ledger.entries(kind=TransitionRecorded, camera_id=camera_id)
    moves = (entry.event.transition for entry in entries if isinstance(entry.event, TransitionRecorded))
    return unbroken(moves)


def span_of(run: Iterable[Outage]) -> Span:
    """From the first to the last instant of a run; ``FOREVER`` while it is open."""
    first, *_ = whole = list(run)
    end_at = whole[-1].end_at
    return Span(micros(first.start_at), FOREVER if end_at is None else micros(end_at))


def moment_has_seconds(text: str) -> bool:
    """Whether a time was written with its seconds."""
    return moment(text).second != 0 or text.count(":") >= 2


def ended(span: Span, now: datetime) -> datetime:
    """The end of a span, or now where it is still open."""
    return min(instant(span.end) if span.end < FOREVER else now, now)
