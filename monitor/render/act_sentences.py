"""What people did, as plain text in one language: shared by the text, the CSV tables and the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from monitor import wording
from monitor.language import Language, Phrase
from monitor.model import Scope
from monitor.render.phrases import TIME_KINDS, parted_seconds
from monitor.report import ClosingFigure, CorrectionFigure, MovedFigure, StepFigure, TimeKind
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
        """That the month was opened again, why, and what moved altogether."""
        yield self._act(wording.CORRECTED, figure, number=figure.number, text=figure.text)
        if not figure.done:
            yield self._say(wording.OPEN_CORRECTION)
        if not figure.moved:
            yield self._say(wording.NOTHING_MOVED)
            return
        before, after = (percent(rates.online) for rates in (figure.before, figure.after))
        yield self._say(wording.MOVED, before=before, after=after, cameras=len(figure.moved))

    def moved(self, figure: MovedFigure) -> str:
        """Every kind of one camera's time that is not what it was."""
        kinds = [(kind, getattr(figure.before, kind.value), getattr(figure.after, kind.value)) for kind in TimeKind]
        changes = (
            self._say(
                wording.MOVED_TIME,
                kind=self._say(TIME_KINDS[kind]),
                before=parted_seconds(before),
                after=parted_seconds(after),
            )
            for kind, before, after in kinds
            if before != after
        )
        camera = figure.camera
        return self._say(wording.MOVED_CAMERA, id=camera.id, name=camera.name, changes="; ".join(changes))

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
