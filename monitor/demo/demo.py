"""Puts the demonstration together: town, record of last month, report, monitor, story, view, and the final check."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
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
from monitor.demo.story import FOG, LOOKALIKES, cast, closing, mending, play, story
from monitor.demo.teaching import teach
from monitor.demo.witness import Witness
from monitor.errors import SharpEyesError
from monitor.language import Count, Language, Phrase
from monitor.ledger import Ledger
from monitor.memories import memories_path
from monitor.model import Cause, Span, State, Transition, micros
from monitor.publishing import write_report
from monitor.service import only_error_of
from monitor.settings import load_settings
from monitor.simulator.clips import ClipSize
from monitor.simulator.layout import Makeup
from monitor.simulator.onvif_town import DeviceServices, service_place
from monitor.simulator.scenes import Scene
from monitor.simulator.town import SimulatedTown, build_town

FIRST_ROUND = timedelta(seconds=60)
SETTLED_WITHIN = timedelta(seconds=90)  # after the story, for what is known late to be known: only a busy machine waits
LAST_ROUND = timedelta(seconds=45)  # after the story, for what is over to be recorded: a busy machine is behind
ASK_EVERY = timedelta(milliseconds=500)


# So many key frames that no camera shows one of its last 64 again, which would be a loop.
FILM = ClipSize(fps=2, groups=67)
# Most with colours and outlines that can be lost, as the story needs them; and what looks like a fault and is none.
SCENES = (
    *(Scene.LANE, Scene.POND, Scene.JUNCTION, Scene.NIGHT),
    *(Scene.LANE, Scene.JUNCTION, Scene.STILL, Scene.LANE),
)


def demo_town(cameras: int, clock: Clock, base: str = "127.20") -> SimulatedTown:
    """The town of the demonstration; ``base`` as in ``build_town``."""
    return build_town(cameras, base=base, clock=clock, clip_size=FILM, makeup=Makeup(scenes=SCENES))


class Demo:
    """One run of the demonstration in one folder."""

    def __init__(self, place: Place, town: SimulatedTown, clock: Clock, language: Language, tempo: Tempo) -> None:
        self._place = place
        self._town = town
        self._clock = clock
        self._language = language
        self._tempo = tempo
        self._cast = cast(town)
        self._witness = Witness()
        stuck = [(camera, plan) for camera, plan in town.played if camera is self._cast.stuck]
        self._devices = DeviceServices(stuck, FILM, town.flaw_of)
        self._over = asyncio.Event()

    async def run(self, duration: timedelta | None, *, live: bool) -> Comparison | None:
        """Play until Ctrl-C or for ``duration``; the comparison, or None when the story was not played to its end."""
        if any(self._place.folder.iterdir()):
            raise SharpEyesError(texts.FOLDER_IN_USE[self._language].format(folder=self._place.folder))
        self._say(texts.BUILDING, cameras=len(self._town.cameras))
        await self._town.start(self._cast.filmed)
        try:
            await self._devices.start()
            self._prepare()
            child = await Child.start(self._place)
            try:
                self._say(texts.STARTED, pid=child.pid, address=child.address, log=self._place.log)
                self._listen_to_signals()
                return await self._show(child, duration, live=live)
            finally:
                await child.end()
        finally:
            await self._devices.stop()
            await self._town.stop()
            self._say(texts.ENDED, folder=self._place.folder, config=self._place.settings)

    def _prepare(self) -> None:
        """Settings, inventory, last month's record and its report."""
        now = self._clock.now()
        stuck, under_maintenance = self._cast.stuck, self._cast.maintenance.id
        cameras = [
            replace(camera, onvif=service_place(camera)) if camera is stuck else camera for camera in self._town.cameras
        ]
        furnish(self._place, cameras, self._town.credentials, under_maintenance, now, self._tempo, self._language)
        self._say(texts.SEEDING)
        settings = load_settings(self._place.settings, os.environ)
        with Ledger.open(settings.ledger, settings.vantage) as ledger:
            seed(ledger, cameras, now)
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
            news = await child.news(session)
            view.show(news)
            for noticed in self._witness.hear(news.status["cameras"]):
                view.tell(noticed, self._clock.now())
            await self._clock.sleep(ASK_EVERY)

    async def _play(self, view: Screen | Lines) -> Comparison:
        """The story to its end, and whether the record says the same."""
        began_at, began = self._clock.now(), self._clock.monotonic()

        def tell(phrase: Phrase) -> None:
            view.tell(phrase, self._clock.now())

        await play(story(self._cast, self._tempo.pace), self._town, self._clock, tell)
        await self._until_settled(began_at)
        await play(mending(self._cast), self._town, self._clock, tell)
        over = closing(self._tempo.pace)
        await self._clock.sleep(over - timedelta(seconds=self._clock.monotonic() - began))
        comparison = self._compared(began_at)
        deadline = self._clock.monotonic() + LAST_ROUND.total_seconds()
        while any(trouble.end_at is None for trouble in comparison.extra) and self._clock.monotonic() < deadline:
            await self._clock.sleep(ASK_EVERY)
            comparison = self._compared(began_at)
        verdict = texts.AS_TOLD if comparison.as_told else texts.NOT_AS_TOLD
        tell(_said(verdict, count=len(comparison.found), calm=comparison.calm))
        tell(texts.STORY_OVER)
        return comparison

    async def _until_settled(self, began_at: datetime) -> None:
        """Wait until what is known late is in the record, but not for ever."""
        deadline = self._clock.monotonic() + SETTLED_WITHIN.total_seconds()
        unknown = {step.camera.id for step in mending(self._cast)}
        while unknown and self._clock.monotonic() < deadline:
            unknown -= {change.camera_id for change in self._recorded(began_at) if change.new is State.DEGRADED}
            await self._clock.sleep(ASK_EVERY)

    def _recorded(self, began_at: datetime) -> list[Transition]:
        with Ledger.open_read_only(self._place.ledger) as ledger:
            period = Span(micros(began_at), micros(self._clock.now()))
            return [change for change in ledger.transitions(period) if change.at >= began_at]

    def _compared(self, began_at: datetime) -> Comparison:
        """What happened since then beside what is recorded by now, and what was made of what looks like a fault."""
        calm = [self._witness.made_of(LOOKALIKES[scene], of) for scene, of in self._cast.lookalikes.items() if of]
        foggy = self._witness.made_of(FOG, [self._cast.fog], frozenset({Cause.PICTURE_LOW_CONTRAST}))
        # A probe may have been under way when the fault began; the next one meets it, and one more shows that a picture
        # stands still.
        tolerance = 2 * self._tempo.interval + self._tempo.patience
        return compare(self._town.log, self._recorded(began_at), tolerance, [*calm, foggy])

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._over.set)

    def _say(self, phrase: Phrase, **fields: object) -> None:
        print(phrase[self._language].format(**fields), flush=True)

    def _print(self, comparison: Comparison) -> None:
        verdict = texts.AS_TOLD if comparison.as_told else texts.NOT_AS_TOLD
        self._say(verdict, count=len(comparison.found), calm=comparison.calm)
        for true, recorded in comparison.found:
            self._say(texts.FOUND, true=true, span=recorded.span)
        for trouble in comparison.missing:
            self._say(texts.MISSING, trouble=trouble)
        for trouble in comparison.extra:
            self._say(texts.EXTRA, trouble=trouble)
        self._say(texts.ALIKE)
        for each in comparison.lookalikes:
            told = texts.RECOGNISED if each.recognised else texts.MISTAKEN
            self._say(told, what=each.what[self._language], cameras=Count(each.cameras), looks=each.looks)


def _said(phrase: Phrase, **fields: object) -> Phrase:
    return Phrase(phrase.zh.format(**fields), phrase.en.format(**fields))
