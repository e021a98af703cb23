"""Puts the demonstration together: town, record of last month, report, monitor, story, view, and the final check."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp

from monitor.calendar import month_before
from monitor.clock import Clock
from monitor.demo import texts
from monitor.demo.check import Comparison, compare
from monitor.demo.child import Child
from monitor.demo.lines import Lines
from monitor.demo.place import ZONE, Place, Tempo, furnish
from monitor.demo.screen import Screen
from monitor.demo.seed import seed
from monitor.demo.story import cast, closing, play, story
from monitor.demo.teaching import teach
from monitor.errors import SharpEyesError
from monitor.language import Language, Phrase
from monitor.ledger import Ledger
from monitor.memories import memories_path
from monitor.model import Span, micros
from monitor.publishing import write_report
from monitor.service import only_error_of
from monitor.settings import load_settings
from monitor.simulator.clips import ClipSize
from monitor.simulator.layout import Makeup
from monitor.simulator.scenes import LIVE_SCENES, Scene
from monitor.simulator.town import SimulatedTown, build_town

FIRST_ROUND = timedelta(seconds=60)
LAST_ROUND = timedelta(seconds=30)  # after the story, for what is over to be recorded: a busy machine is behind
ASK_EVERY = timedelta(milliseconds=500)


# So many key frames that no camera shows one of its last 64 again, which would be a loop.
FILM = ClipSize(fps=2, groups=67)
MAKEUP = Makeup(scenes=(*LIVE_SCENES, Scene.NIGHT))


def demo_town(cameras: int, clock: Clock, base: str = "127.20") -> SimulatedTown:
    """The town of the demonstration; ``base`` as in ``build_town``."""
    return build_town(cameras, base=base, clock=clock, clip_size=FILM, makeup=MAKEUP)


class Demo:
    """One run of the demonstration in one folder."""

    def __init__(self, place: Place, town: SimulatedTown, clock: Clock, language: Language, tempo: Tempo) -> None:
        self._place = place
        self._town = town
        self._clock = clock
        self._language = language
        self._tempo = tempo
        self._cast = cast(town)
        self._over = asyncio.Event()

    async def run(self, duration: timedelta | None, *, live: bool) -> Comparison | None:
        """Play until Ctrl-C or for ``duration``; the comparison, or None when the story was not played to its end."""
        if any(self._place.folder.iterdir()):
            raise SharpEyesError(texts.FOLDER_IN_USE[self._language].format(folder=self._place.folder))
        self._say(texts.BUILDING, cameras=len(self._town.cameras))
        await self._town.start({camera.id: fault for fault, camera in self._cast.flawed.items()})
        try:
            self._prepare()
            child = await Child.start(self._place)
            try:
                self._say(texts.STARTED, pid=child.pid, address=child.address, log=self._place.log)
                self._listen_to_signals()
                return await self._show(child, duration, live=live)
            finally:
                await child.end()
        finally:
            await self._town.stop()
            self._say(texts.ENDED, folder=self._place.folder, config=self._place.settings)

    def _prepare(self) -> None:
        """Settings, inventory, last month's record and its report."""
        now = self._clock.now()
        under_maintenance = self._cast.maintenance.id
        furnish(
            self._place, self._town.cameras, self._town.credentials, under_maintenance, now, self._tempo, self._language
        )
        self._say(texts.SEEDING)
        settings = load_settings(self._place.settings, os.environ)
        with Ledger.open(settings.ledger, settings.vantage) as ledger:
            seed(ledger, self._town.cameras, now)
        self._say(texts.LEARNING)
        teach(self._town, memories_path(settings.ledger), now, self._tempo)
        self._say(texts.REPORTED)
        for path in write_report(settings, settings.contract, month_before(now, ZoneInfo(ZONE)), now):
            print(f"  {path}", flush=True)

    async def _show(self, child: Child, duration: timedelta | None, *, live: bool) -> Comparison | None:
        view = Screen(self._language, child.address) if live else Lines(self._language)
        playing: asyncio.Task[Comparison] | None = None
        timeout = aiohttp.ClientTimeout(total=10)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as tasks:
                seen = tasks.create_task(child.watching(session, self._clock, FIRST_ROUND))
                over = tasks.create_task(self._over.wait())
                await asyncio.wait((seen, over), return_when=asyncio.FIRST_COMPLETED)
                if seen.done() and not self._over.is_set():
                    with view:
                        view.tell(_said(texts.SEEN, cameras=len(self._town.cameras)), self._clock.now())
                        view.tell(_said(texts.QUIET, camera=self._cast.maintenance.id), self._clock.now())
                        asking = tasks.create_task(self._keep_asking(child, session, view))
                        playing = tasks.create_task(self._play(view))
                        limit = duration.total_seconds() if duration is not None else None
                        await asyncio.wait((over, asking), timeout=limit, return_when=asyncio.FIRST_COMPLETED)
                        asking.cancel()
                        playing.cancel()
                seen.cancel()
                over.cancel()
        except ExceptionGroup as group:
            error = only_error_of(group)
            if not isinstance(error, SharpEyesError):
                raise
            raise SharpEyesError(texts.DIED[self._language].format(error=error, log=self._place.log)) from None
        if playing is None or playing.cancelled():
            return None
        self._print(playing.result())
        return playing.result()

    async def _keep_asking(self, child: Child, session: aiohttp.ClientSession, view: Screen | Lines) -> None:
        while True:
            view.show(await child.news(session))
            await self._clock.sleep(ASK_EVERY)

    async def _play(self, view: Screen | Lines) -> Comparison:
        """The story to its end, and whether the record says the same."""
        began_at, began = self._clock.now(), self._clock.monotonic()
        steps = story(self._cast, self._tempo.pace)
        await play(steps, self._town, self._clock, lambda phrase: view.tell(phrase, self._clock.now()))
        over = closing(self._tempo.pace)
        await self._clock.sleep(over - timedelta(seconds=self._clock.monotonic() - began))
        comparison = self._compared(began_at)
        deadline = self._clock.monotonic() + LAST_ROUND.total_seconds()
        while any(trouble.end_at is None for trouble in comparison.extra) and self._clock.monotonic() < deadline:
            await self._clock.sleep(ASK_EVERY)
            comparison = self._compared(began_at)
        verdict = texts.AS_TOLD if comparison.as_told else texts.NOT_AS_TOLD
        view.tell(_said(verdict, count=len(comparison.found)), self._clock.now())
        view.tell(texts.STORY_OVER, self._clock.now())
        return comparison

    def _compared(self, began_at: datetime) -> Comparison:
        """What happened since then beside what is recorded by now."""
        with Ledger.open_read_only(self._place.ledger) as ledger:
            period = Span(micros(began_at), micros(self._clock.now()))
            recorded = [change for change in ledger.transitions(period) if change.at >= began_at]
        # A probe may have been under way when the fault began; the next one meets it, and one more shows that a picture
        # stands still.
        return compare(self._town.log, recorded, 2 * self._tempo.interval + self._tempo.patience)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._over.set)

    def _say(self, phrase: Phrase, **fields: object) -> None:
        print(phrase[self._language].format(**fields), flush=True)

    def _print(self, comparison: Comparison) -> None:
        self._say(texts.AS_TOLD if comparison.as_told else texts.NOT_AS_TOLD, count=len(comparison.found))
        for true, recorded in comparison.found:
            self._say(texts.FOUND, true=true, span=recorded.span)
        for trouble in comparison.missing:
            self._say(texts.MISSING, trouble=trouble)
        for trouble in comparison.extra:
            self._say(texts.EXTRA, trouble=trouble)


def _said(phrase: Phrase, **fields: object) -> Phrase:
    return Phrase(phrase.zh.format(**fields), phrase.en.format(**fields))
