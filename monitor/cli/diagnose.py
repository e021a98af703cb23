"""``sharp-eyes diagnose``: a picture or a video looked at as a camera's would be. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
FAULTY_BELOW = frozenset({"luma_p99", "contrast_change"})  # measures of which less is worse
LEARNT_BY = "good_key_frames"


def diagnose(file: Path, language: Language) -> int:
    """Every number of the last key frame, its threshold and the verdict; of a video also when the verdict changed."""
    memory, picture, count, told = Memory.fresh(), None, 0, 0
    verdict: Cause | None = None
    for seconds, frame, evidence in key_frames(file):
        picture, memory = examine(frame, evidence, memory, BEGIN + timedelta(seconds=seconds))
        count += 1
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
    print("\n".join(verdict_lines(picture, language)))
    return Exit.OK if cause_of(picture) is Cause.OK else Exit.NO


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
    unable = [finding for finding in picture.findings if finding.state is FindingState.CANNOT_JUDGE]
    if learning:
        seen = next((finding for finding in learning if finding.measure == LEARNT_BY), learning[0])
        yield texts.VERDICT_LEARNING[language].format(
            seen=seen.value, enough=seen.threshold, checks=_named(learning, language)
        )
    if unable:
        yield texts.VERDICT_CANNOT[language].format(checks=_named(unable, language))


def _named(findings: Iterable[Finding], language: Language) -> str:
    return texts.LIST_COMMA[language].join(CAUSES[finding.cause][language] for finding in findings)
