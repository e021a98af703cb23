"""What people did, as plain text in one language: shared by the text, the CSV tables and the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from monitor import wording
from monitor.language import Language, Phrase
from monitor.model import Basis, Scope, Seconds, instant
from monitor.render.phrases import TIME_KINDS, duration, parted_seconds, percent_sign
from monitor.render.settlement_sentences import lost
from monitor.render.settlement_words import ITEMS, MOVED_SUMS
from monitor.report import (
    ClosingFigure,
    CorrectionFigure,
    MovedBasis,
    MovedFigure,
    MovedLine,
    MovedRepair,
    StepFigure,
    TimeKind,
)
from monitor.sla import percent

Act = StepFigure | ClosingFigure | CorrectionFigure


class ActSentences:
    """Sentences about acts; ``local`` writes an instant. Names in them are as people wrote them."""

    def __init__(self, language: Language, local: Callable[[datetime], str]) -> None:
        self._language = language
        self._local = local

    def step(self, step: StepFigure, text: str) -> str:
        """One act in the history of an exclusion or a declaration, with what was said."""
        return self._act(wording.STEP, step, what=self._say(wording.ACTS[step.kind]), text=text).rstrip()

    def closed(self, figure: ClosingFigure) -> str:
        """That the month was closed, and whether the record still gives its figures."""
        line = self._act(wording.CLOSED, figure, number=figure.number, figures=figure.figures)
        return line if figure.agrees else f"{line} {self._say(wording.DISAGREES)}"

    def correction(self, figure: CorrectionFigure) -> Iterator[str]:
        """That the month was opened again, why, and what moved but the cameras' own figures."""
        yield self._act(wording.CORRECTED, figure, number=figure.number, text=figure.text)
        yield from self.outcome(figure)

    def outcome(self, figure: CorrectionFigure) -> Iterator[str]:
        """What moved but the cameras' own figures."""
        if not figure.done:
            yield self._say(wording.OPEN_CORRECTION)
        if figure.nothing:
            yield self._say(wording.NOTHING_MOVED)
            return
        before, after = (percent(rates.online) for rates in (figure.before, figure.after))
        yield self._say(wording.MOVED, before=before, after=after, cameras=len(figure.moved))

        yield from map(self._basis, figure.bases)
        for total in figure.sums:
            before, after = (self._sum(value) for value in (total.before, total.after))
            yield self._say(MOVED_SUMS[total.what], before=before, after=after)
        yield from map(self._line, figure.lines)
        yield from map(self._repair, figure.repairs)

    def moved(self, figure: MovedFigure) -> str:
        """Every kind of one camera's time and inspections that is not what it was."""
        time, looks = (figure.before, figure.after), (figure.looks_before, figure.looks_after)
        changes = [
            *self._kinds(wording.MOVED_TIME, *time, parted_seconds),
            *self._kinds(wording.MOVED_LOOKS, *looks, str),
        ]
        camera = figure.camera
        said = "; ".join(changes) or self._say(wording.NONE)
        return self._say(wording.MOVED_CAMERA, id=camera.id, name=camera.name, changes=said)

    def _kinds(self, phrase: Phrase, before: Seconds, after: Seconds, written: Callable[[int], str]) -> Iterator[str]:
        for kind in TimeKind:
            was, now = getattr(before, kind.value), getattr(after, kind.value)
            if was != now:
                yield self._say(phrase, kind=self._say(TIME_KINDS[kind]), before=written(was), after=written(now))

    def _basis(self, figure: MovedBasis) -> str:
        before, after = figure.before, figure.after
        seconds = figure.basis is Basis.FLEET_SECONDS
        counted = (parted_seconds(each.counted) if seconds else f"{each.counted:,}" for each in (before, after))
        return self._say(
            wording.MOVED_BASIS,
            basis=self._say(wording.BASES[figure.basis]),
            before=percent_sign(before.ratio),
            verdict_before=self._say(wording.VERDICTS[before.verdict]),
            after=percent_sign(after.ratio),
            verdict_after=self._say(wording.VERDICTS[after.verdict]),
            **dict(zip(("counted_before", "counted_after"), counted, strict=True)),
        )

    def _line(self, figure: MovedLine) -> str:
        before, after = figure.before, figure.after
        return self._say(
            wording.MOVED_LINE,
            title=figure.item.title or self._say(ITEMS[figure.item.kind]),
            count_before=0 if before is None else before.count,
            count_after=0 if after is None else after.count,
            before=self._say(wording.NONE) if before is None else lost(before),
            after=self._say(wording.NONE) if after is None else lost(after),
        )

    def _repair(self, figure: MovedRepair) -> str:
        before, after = (
            self._say(wording.NOT_LATE) if each is None else duration(each.ran_us, self._language)
            for each in (figure.before, figure.after)
        )
        camera, start = figure.camera, self._local(instant(figure.start))
        return self._say(wording.MOVED_REPAIR, id=camera.id, name=camera.name, start=start, before=before, after=after)

    def _sum(self, value: Decimal | None) -> str:
        return self._say(wording.NONE) if value is None else f"{value:,}"

    def actor(self, act: Act) -> str:
        """Who, for whom, and whether it is signed."""
        return self._say(wording.ACTOR, **self._by(act))

    def scope(self, about: Scope) -> str:
        """Which cameras something is about."""
        parts = [", ".join(names) for names in scope_names(about, self._language)]
        return "; ".join(parts) if parts else self._say(wording.WHOLE_TOWN)

    def _act(self, phrase: Phrase, act: Act, **values: object) -> str:
        return self._say(phrase, at=self._local(act.at), **self._by(act), **values)

    def _by(self, act: Act) -> dict[str, str]:
        mark = self._say(wording.SIGNED if act.signed else wording.UNSIGNED)
        return {"role": self._say(wording.ROLES[act.by.role]), "name": act.by.name, "mark": mark}

    def _say(self, phrase: Phrase, **values: object) -> str:
        return phrase[self._language].format(**values) if values else phrase[self._language]


def scope_names(about: Scope, language: Language) -> list[list[str]]:
    """What a scope names, a list for each of its fields that narrows it; none for the whole town."""
    named = (
        about.camera_ids,
        about.sites,
        about.villages,
        about.towns,
        about.carriers,
        about.uplinks,
        about.recorders,
        about.vendors,
        frozenset(wording.CATEGORIES[category][language] for category in about.categories),
    )
    return [sorted(names) for names in named if names]
