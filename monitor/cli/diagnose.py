"""``sharp-eyes diagnose``: a picture or a video looked at as a camera's would be. Nothing is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.language import Language
from monitor.model import EPOCH, Cause, Finding, Picture
from monitor.picture import NO_EVIDENCE, Memory, examine
from monitor.picture.verdict import cause_of
from monitor.probes.files import key_frames
from monitor.render.layout import Align, Column, table
from monitor.wording import CAUSES, FINDING_STATES

BEGIN = EPOCH + timedelta(days=1)
MARKS = 20  # changes of verdict that are told


def diagnose(file: Path, language: Language) -> int:
    """Every number of the last key frame, its threshold and the verdict; of a video also when the verdict changed."""
    memory, picture, count, told = Memory.fresh(), None, 0, 0
    verdict: Cause | None = None
    for seconds, frame in key_frames(file):
        picture, memory = examine(frame, NO_EVIDENCE, memory, BEGIN + timedelta(seconds=seconds))
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
    print(verdict_line(picture, language))
    return Exit.OK if cause_of(picture) is Cause.OK else Exit.NO


def finding_lines(picture: Picture, language: Language) -> list[str]:
    """A row for each finding: what it is about, what is said, the number and its threshold."""
    columns: tuple[Column[Finding], ...] = (
        Column(texts.FINDING_HEAD[language], lambda finding: CAUSES[finding.cause][language], Align.LEFT, widest=30),
        Column(texts.FINDING_STATE[language], lambda finding: FINDING_STATES[finding.state][language], Align.LEFT),
        Column(texts.FINDING_SEVERITY[language], lambda finding: f"{finding.severity:.2f}", Align.RIGHT),
        Column(texts.FINDING_MEASURE[language], lambda finding: finding.measure, Align.LEFT, widest=40),
        Column(texts.FINDING_VALUE[language], lambda finding: f"{finding.value:.3f}", Align.RIGHT),
        Column(texts.FINDING_LIMIT[language], lambda finding: f"{finding.threshold:g}", Align.RIGHT),
    )
    return list(table(picture.findings, columns))


def verdict_line(picture: Picture, language: Language) -> str:
    """What all findings come to."""
    cause = cause_of(picture)
    if cause is Cause.OK:
        return texts.VERDICT_GOOD[language]
    phrase = texts.VERDICT_HOLDS if picture.active else texts.VERDICT_DOUBT
    return phrase[language].format(cause=CAUSES[cause][language], id=cause.value)
