"""How far a report is, on standard error, for whoever waits longer than a moment: nobody reads it of a quick one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from monitor.cli import texts
from monitor.clock import Clock
from monitor.language import Language
from monitor.publishing import Format
from monitor.reporting import Stage

PATIENCE_SECONDS: Final = 1.0


class ReportProgress:
    """Watches a report being made: on a terminal one line with a percentage, else a plain line for each stage."""

    def __init__(self, formats: Sequence[Format], language: Language, clock: Clock, console: Console) -> None:
        self._stages: list[Stage | Format] = [*Stage, *formats]
        self._language = language
        self._clock, self._began = clock, clock.monotonic()
        self._console, self._process = console, os.getpid()
        self._told: Stage | Format | None = None
        look = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        self._bar = Progress(*look, console=console, transient=True)
        self._task = self._bar.add_task("", total=len(self._stages))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar.live.is_started:  # else it would leave an empty line
            self._bar.stop()

    def __call__(self, stage: Stage | Format, done: int, of: int) -> None:
        """So much of a stage is done."""
        if self._clock.monotonic() - self._began < PATIENCE_SECONDS:
            return
        if self._console.is_terminal:
            if os.getpid() != self._process:  # a copy that helps: one bar is enough
                return
            self._bar.start()
            done_before = self._stages.index(stage)
            self._bar.update(
                self._task, description=self._said(stage), completed=done_before + (done / of if of else 0)
            )
        elif stage is not self._told:
            self._told = stage
            self._console.print(self._said(stage), highlight=False)

    def _said(self, stage: Stage | Format) -> str:
        match stage:
            case Stage():
                return texts.REPORT_STAGES[stage.value][self._language]
            case Format():
                return texts.WRITING[self._language].format(format=stage.value)
