"""``sharp-eyes diagnose``: a picture or a video looked at as a camera's would be. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.language import Language
from monitor.model import EPOCH, Cause, Finding, FindingState, Picture
from monitor.picture import Memory, examine
from monitor.picture.verdict import cause_of, suspects_frozen
from monitor.probes.files import key_frames
from monitor.render.layout import Align, Column, table
from monitor.wording import CAUSES, FINDING_STATES

BEGIN = EPOCH + timedelta(days=1)
MARKS = 20  # changes of verdict that are told
STANDS, STANDS_FOR = 10, 30.0  # equal pairs at the end of a film, and seconds, that are suspect
FAULTY_BELOW = frozenset({"luma_p99", "contrast_change"})  # measures of which less is worse
LEARNT_BY = "good_key_frames"


def diagnose(file: Path, language: Language) -> int:
    """Every number of the last key frame, its threshold and the verdict; of a video also when the verdict changed."""
    memory, picture, count, told = Memory.fresh(), None, 0, 0
    verdict: Cause | None = None
    still = _Still()
    for seconds, frame, evidence in key_frames(file):
        picture, memory = examine(frame, evidence, memory, BEGIN + timedelta(seconds=seconds))
        count += 1
        still = still.then(picture.fingerprint, seconds)
        if cause_of(picture) is not verdict:
            verdict, told = cause_of(picture), told + 1
            if told <= MARKS:
                print(texts.DIAGNOSED_AT[language].format(seconds=seconds, verdict=CAUSES[verdict][language]))
    assert picture is not None, "a file without key frames is refused"
    print(texts.DIAGNOSED[language].format(count=count, width=picture.width, height=picture.height))
    for line in finding_lines(picture, language):
        print(line)
    if count == 1:
        print(texts.DIAGNOSED_ONCE[language])
    stands = _stands_still(still, picture, language)
    print("\n".join(stands or verdict_lines(picture, language)))
    return Exit.OK if cause_of(picture) is Cause.OK and not still.suspect else Exit.NO


@dataclass(frozen=True, slots=True)
class _Still:
    """The end of a film, as far as its key frames equal the last one.

    A server may hand out one key frame for seconds, so that a probe counts no nearer ones; a file is what it is.
    """

    fingerprint: bytes = b""
    pairs: int = 0
    began: float = 0.0  # seconds
    seconds: float = 0.0

    def then(self, fingerprint: bytes, seconds: float) -> _Still:
        """With one more key frame."""
        if fingerprint == self.fingerprint:
            return replace(self, pairs=self.pairs + 1, seconds=seconds)
        return _Still(fingerprint, 0, seconds, seconds)

    @property
    def suspect(self) -> bool:
        """Whether hardly anything that lives repeats itself so often; but the film does not show that it lives."""
        return self.pairs >= STANDS and self.seconds - self.began >= STANDS_FOR


def _stands_still(still: _Still, picture: Picture, language: Language) -> list[str]:
    """What takes the place of a good verdict where the film ends with equal key frames; nothing else."""
    if not still.pairs or cause_of(picture) is not Cause.OK:
        return []
    frozen = CAUSES[Cause.PICTURE_FROZEN][language]
    told = texts.DIAGNOSED_EQUAL[language].format(count=still.pairs + 1, seconds=still.seconds - still.began)
    if still.suspect:
        return [told, texts.DIAGNOSED_STANDS[language].format(cause=frozen, id=Cause.PICTURE_FROZEN.value)]
    return [told, texts.DIAGNOSED_TOO_FEW[language].format(cause=frozen), *_unsaid(picture, language)]


def finding_lines(picture: Picture, language: Language) -> list[str]:
    """A row for each finding: what it is about, what is said, the number and its threshold."""
    columns: tuple[Column[Finding], ...] = (
        Column(texts.FINDING_HEAD[language], lambda finding: CAUSES[finding.cause][language], Align.LEFT, widest=30),
        Column(texts.FINDING_STATE[language], lambda finding: FINDING_STATES[finding.state][language], Align.LEFT),
        Column(texts.FINDING_SEVERITY[language], lambda finding: f"{finding.severity:.2f}", Align.RIGHT),
        Column(texts.FINDING_MEASURE[language], lambda finding: finding.measure, Align.LEFT, widest=40),
        Column(texts.FINDING_VALUE[language], lambda finding: f"{finding.value:.3f}", Align.RIGHT),
        Column(texts.FINDING_LIMIT[language], _limit, Align.RIGHT),
    )
    return list(table(picture.findings, columns))


def _limit(finding: Finding) -> str:
    return f"{'≤' if finding.measure in FAULTY_BELOW else '≥'} {finding.threshold:.4g}"


def verdict_lines(picture: Picture, language: Language) -> list[str]:
    """What all findings come to, and of what nothing can be said."""
    return [_verdict(picture, language), *_unsaid(picture, language)]


def _verdict(picture: Picture, language: Language) -> str:
    cause = cause_of(picture)
    if cause is not Cause.OK:
        phrase = texts.VERDICT_HOLDS if picture.active else texts.VERDICT_DOUBT
        return phrase[language].format(cause=CAUSES[cause][language], id=cause.value)
    if suspects_frozen(picture):
        return texts.VERDICT_SUSPECT[language].format(cause=CAUSES[Cause.PICTURE_FROZEN][language])
    unsaid = any(finding.state in (FindingState.LEARNING, FindingState.CANNOT_JUDGE) for finding in picture.findings)
    return (texts.VERDICT_SO_FAR if unsaid else texts.VERDICT_GOOD)[language]


def _unsaid(picture: Picture, language: Language) -> Iterator[str]:
    learning = [finding for finding in picture.findings if finding.state is FindingState.LEARNING]
    if learning:
        seen = next((finding for finding in learning if finding.measure == LEARNT_BY), learning[0])
        yield texts.VERDICT_LEARNING[language].format(
            seen=seen.value, enough=seen.threshold, checks=_named((found.cause for found in learning), language)
        )
    if picture.unjudged:
        yield texts.VERDICT_CANNOT[language].format(checks=_named(picture.unjudged, language))


def _named(causes: Iterable[Cause], language: Language) -> str:
    return texts.LIST_COMMA[language].join(CAUSES[cause][language] for cause in causes)
