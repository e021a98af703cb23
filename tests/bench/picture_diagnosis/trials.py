"""Shows one simulated camera's pictures to the monitor's examination and writes down what it said. One scene at a time.

A first day of key frames is for learning. Then come days without a fault, which must raise no event; and from what was
learnt by noon and by midnight each fault begins anew, so that no fault is judged by the memory of another.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

import cv2
import numpy as np

from monitor.model import Cause, Codec, Picture
from monitor.picture import Memory
from tests.bench.picture_diagnosis.camera import SOUND, Camera, Spoilt
from tests.bench.picture_diagnosis.days import DARK_BELOW, STEP, Moment, Rng, Weather, a_day, a_moment, midnight, noon
from tests.bench.picture_diagnosis.faults import FAULTS, Fault, defocus
from tests.bench.picture_diagnosis.lossy import LOSSES, lossy, poor_line
from tests.bench.picture_diagnosis.scenes import Light, Pixels, Scene
from tests.bench.picture_diagnosis.streams import PER_SECOND, Encoder, Loss, Rate, Stream
from tests.bench.picture_diagnosis.watching import BEFORE, DAY, INFRARED, Alive, Seen, Trial, Watch, alive, trial

IN_DOUBT = timedelta(seconds=60)  # between two key frames while a fault is tried: the monitor looks at every one then
LASTING = 14  # key frames of a fault
SUSPECT_AFTER = 26  # key frames of a fault that can only be suspected, or comes back in a loop
LOOP = 8  # key frames of a loop that is replayed
# Grey levels of grain that noise reduction leaves on a pond at night: from hardly a coded block that changes to all.
STILL_GRAINS = (0.05, 0.10, 0.13, 0.14, 0.20, 0.25, 0.30)
STILL = "still scene"
REPEATS = 0.12  # below which a picture of whole levels is the same again and again: nothing could tell that it lives
DRIFT_STEP = timedelta(hours=1)
DRIFT_DAYS = 4
DRIFT_RADIUS = 3.0  # pixels of a picture 320 wide, at the end
_DRIFT = f"r 0 to {DRIFT_RADIUS:.0f} px in {DRIFT_DAYS} days"
WITH, WITHOUT = f"{_DRIFT}, with the golden copy", f"{_DRIFT}, without one"
GROUP = 10  # pictures, two seconds
# From one look to the next of a picture that stands still: a minute; of H.265, which takes longer, ten seconds.
GROUPS = {
    Codec.H264: int(IN_DOUBT.total_seconds()) * PER_SECOND // GROUP,
    Codec.H265: 5,
    Codec.MJPEG: 1,
}
# Told a bit rate, an encoder needs minutes until it codes a picture that stands still the same each time, if ever.
RULED = (
    Stream(Codec.H264, rate=Rate.AVERAGE, group=GROUP),
    Stream(Codec.H264, 27, Rate.CAPPED, GROUP),
    Stream(Codec.H264, 23, Rate.CAPPED, GROUP, kilobits=384),
)
FILM_LEARNING = 60  # key frames of a film before it counts


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is tried at each scene."""

    weathers: tuple[Weather, ...] = tuple(Weather)  # of the days after the first
    step: timedelta = STEP
    stride: int = 1  # every how many-th fault of the list is tried
    streams: bool = True  # whether loss of packets, frozen sources, loops and slow drift are tried
    still: int = 20  # key frames of a still scene, of each grain
    onset: int = 30  # key frames, IN_DOUBT apart, in which rain and snowfall begin
    harder: float = 1.0  # times as much falls then as is usual


def tried(scene: Scene, plan: Plan) -> Seen:
    """Everything at one scene; the same for the same scene and plan."""
    cv2.setNumThreads(1)
    return _Trials(scene, plan).seen()


class _Trials:
    def __init__(self, scene: Scene, plan: Plan) -> None:
        self._scene, self._plan = scene, plan
        self._camera = Camera(scene)
        self._stream = stream_of(scene)
        self._infrared = scene.seed % 3 > 0  # a third of the cameras stay in colour under street lamps
        self._alive: list[Alive] = []
        self._trials: list[Trial] = []

    def seen(self) -> Seen:
        watch = Watch(self._stream, Memory.fresh())
        self._day("first day, learning", watch, Weather.CLEAR, 0)
        by_day, by_night = watch.memory, watch.memory
        for day, weather in enumerate(self._plan.weathers, 1):
            by_night = self._day(weather, watch, weather, day) if day == 1 else by_night
            if day > 1:
                self._day(weather, watch, weather, day)
        self._faults(by_day, by_night)
        if self._plan.still:
            self._still(by_day)
        if self._plan.onset:
            for weather in (Weather.RAIN, Weather.SNOW):
                self._onset(weather, by_day, noon(1), infrared=False)
                if self._infrared:
                    self._onset(weather, by_night, midnight(1), infrared=True)
        if self._plan.streams:
            self._streams(by_day)
            for kept in (WITH, WITHOUT):
                self._drift(by_day, kept)
        return Seen(self._scene.name, tuple(self._trials), tuple(self._alive))

    # ------------------------------------------------------------ alive

    def _day(self, name: str, watch: Watch, weather: Weather, number: int) -> Memory:
        """From noon to noon; gives what was remembered at midnight."""
        rng = self._rng(f"day {number}")
        moments = list(a_day(weather, number, self._infrared, rng, self._plan.step))
        night = [moment for moment in moments if moment.at < midnight(number)]
        self._live(name, watch, night, rng)
        memory = watch.memory
        self._live(name, watch, moments[len(night) :], rng)
        return memory

    def _live(self, condition: str, watch: Watch, moments: Sequence[Moment], rng: Rng) -> None:
        for light, some in groupby(moments, _light_of):
            pictures = (watch.look(self._camera.film(moment, rng), moment.at) for moment in some)
            self._alive.append(alive(f"{condition}: {light}", pictures))

    def _still(self, memory: Memory) -> None:
        """A pond under a lamp: hardly any grain is left, nothing moves but the clock, or not even that.

        Without a clock least grain falls on light of broken levels, as light is: some of it always tips over.
        """
        rng = self._rng("still")
        whole = self._camera.film(a_moment(Weather.CLEAR, noon(1), False, rng), rng).astype(np.float32)
        broken = whole + rng.random((*whole.shape[:2], 1), np.float32) - np.float32(0.5)
        for grain in STILL_GRAINS:
            self._quiet(f"{STILL} under a clock, grain {grain:.2f}", memory, whole, grain, _minutes)
            light = broken if grain < REPEATS else whole
            self._quiet(f"{STILL} without a clock, grain {grain:.2f}", memory, light, grain, _nothing)

    def _quiet(
        self, condition: str, memory: Memory, light: Light, grain: float, write: Callable[[Pixels, datetime], None]
    ) -> None:
        rng, watch = self._rng(condition), Watch(self._stream, memory)

        def pond(number: int) -> Picture:
            at = noon(1) + number * IN_DOUBT
            noise = rng.standard_normal((*light.shape[:2], 1), np.float32) * np.float32(grain)
            picture = np.clip(np.rint(light + noise), 0, 255).astype(np.uint8)
            write(picture, at)
            return watch.look(picture, at)

        self._alive.append(alive(condition, (pond(number) for number in range(self._plan.still))))

    def _onset(self, weather: Weather, memory: Memory, begins: datetime, *, infrared: bool) -> None:
        """Rain or snowfall that swells in half of the time, looked at so often that it could be taken for a veil."""
        rng = self._rng(f"onset of {weather}, {infrared}")
        watch, most = Watch(self._stream, memory), self._plan.onset

        def swelling(number: int) -> Picture:
            fall = min(2 * number / most, 1.0)
            moment = a_moment(weather, begins + number * IN_DOUBT, infrared, rng, fall=self._plan.harder * fall)
            return watch.look(self._camera.film(moment, rng), moment.at)

        condition = f"{weather}, beginning: {INFRARED if infrared else DAY}"
        self._alive.append(alive(condition, map(swelling, range(most))))

    # ------------------------------------------------------------ faults

    def _faults(self, by_day: Memory, by_night: Memory) -> None:
        for fault in FAULTS[:: self._plan.stride]:
            if fault.by_day and (self._camera.colourful or fault.in_infrared):
                self._fault(fault, by_day, noon(1), DAY)
            if fault.in_infrared and self._infrared:
                self._fault(fault, by_night, midnight(1), INFRARED)
            if fault.kind == "veil":  # the one rule that asks how soon it came
                seldom = replace(fault, strength=f"{fault.strength}, a look in ten minutes", promised=False)
                self._fault(seldom, by_day, noon(1), DAY, STEP)

    def _fault(self, fault: Fault, memory: Memory, begins: datetime, mode: str, between: timedelta = IN_DOUBT) -> None:
        rng = self._rng(f"{fault.kind}, {fault.strength}, {mode}")
        spoilt = fault.spoil(rng)
        watch = Watch(self._stream, memory)

        def pictures() -> Iterator[Picture]:
            for number in range(BEFORE + LASTING):
                moment = a_moment(Weather.CLEAR, begins + number * between, mode == INFRARED, rng)
                film = self._camera.film(moment, rng, SOUND if number < BEFORE else spoilt)
                yield watch.look(film, moment.at)

        self._trials.append(trial(fault.kind, fault.strength, mode, fault.right, pictures(), promised=fault.promised))

    # ------------------------------------------------------------ streams

    def _streams(self, memory: Memory) -> None:
        for codec in (Codec.H264, Codec.H265):
            for loss in Loss:
                for share in LOSSES:
                    self._lossy(memory, codec, loss, share)
            rng = self._rng(f"{codec}, poor line")
            self._trials.extend(poor_line(self._camera, self._stream_of(codec, group=2), memory, rng))
        for codec in Codec:
            self._stands_still(memory, self._stream_of(codec, group=1 if codec is Codec.MJPEG else GROUP))
        for ruled in RULED:
            self._stands_still(memory, ruled)
        self._ticks_on(memory, self._stream)
        self._ticks_on(memory, Stream(Codec.H264, rate=Rate.CONSTANT, group=GROUP))
        self._looped(memory)

    def _stream_of(self, codec: Codec, group: int) -> Stream:
        """As the scene's camera sends it, where that is its codec."""
        usual = 4 if codec is Codec.MJPEG else 27
        return Stream(codec, self._stream.quality if codec is self._stream.codec else usual, group=group)

    def _lossy(self, memory: Memory, codec: Codec, loss: Loss, share: float) -> None:
        stream, rng = self._stream_of(codec, group=2), self._rng(f"{codec}, {loss}, {share}")
        self._trials.append(lossy(self._camera, stream, memory, loss, share, rng))

    def _stands_still(self, memory: Memory, stream: Stream) -> None:
        """The sensor hangs; the encoder is given the same picture all the while from one look to the next."""

        def pictures(watch: Watch, rng: Rng) -> Iterator[Picture]:
            film = yield from self._before(watch, stream, rng)
            for number in range(BEFORE, BEFORE + LASTING):
                yield watch.look(film, noon(1) + number * IN_DOUBT)
                for _ in range(stream.group * GROUPS[stream.codec] - 1):
                    watch.skip(film)

        self._frozen(memory, stream, "frozen, stands still", pictures, promised=True)

    def _ticks_on(self, memory: Memory, stream: Stream) -> None:
        """The sensor hangs; the clock that the encoder writes over it goes on."""

        def pictures(watch: Watch, rng: Rng) -> Iterator[Picture]:
            film = yield from self._before(watch, stream, rng)
            for number in range(BEFORE, BEFORE + SUSPECT_AFTER):
                at = noon(1) + number * IN_DOUBT
                shown = film.copy()
                _tick(shown, at)
                yield watch.look(shown, at)
                for _ in range(stream.group - 1):
                    watch.skip(shown)

        self._frozen(memory, stream, "frozen, clock ticks on", pictures, promised=False)

    def _before(self, watch: Watch, stream: Stream, rng: Rng) -> Generator[Picture, None, Pixels]:
        """Sound pictures; gives the last one that is looked at, with which the sensor will hang."""
        film = self._camera.film(a_moment(Weather.CLEAR, noon(1), False, rng), rng)
        for number in range(BEFORE):
            moment = a_moment(Weather.CLEAR, noon(1) + number * IN_DOUBT, False, rng)
            film = self._camera.film(moment, rng)
            yield watch.look(film, moment.at)
            for _ in range(stream.group - 1):
                watch.skip(self._camera.film(moment, rng))
        return film

    def _frozen(
        self, memory: Memory, stream: Stream, kind: str, pictures: Callable[[Watch, Rng], Iterator[Picture]], *,
        promised: bool,
    ) -> None:  # fmt: skip
        strength = rate_of(stream)
        shown = pictures(Watch(stream, memory), self._rng(f"{kind}, {strength}"))
        right = frozenset({Cause.PICTURE_FROZEN})
        self._trials.append(trial(kind, strength, DAY, right, shown, promised=promised))

    def _looped(self, memory: Memory) -> None:
        """The same key frames over and over, byte for byte: a recording that is replayed."""
        rng = self._rng("loop")
        encoder, watch = Encoder(self._stream), Watch(self._stream, memory)
        moments = [a_moment(Weather.CLEAR, noon(1) + number * IN_DOUBT, False, rng) for number in range(LOOP)]
        units = [encoder.encode(self._camera.film(moment, rng)) for moment in moments]
        pictures = (watch.look_at(units[number % LOOP], noon(1) + number * IN_DOUBT) for number in range(5 * LOOP))
        right = frozenset({Cause.PICTURE_FROZEN})
        strength = f"{LOOP} key frames, {self._stream.codec}"
        self._trials.append(trial("frozen, in a loop", strength, DAY, right, pictures, before=LOOP))

    def _drift(self, memory: Memory, kept: str) -> None:
        """The lens creeps out of focus over days; without the golden copy only a reference that follows can tell."""
        rng = self._rng("drift")
        watch = Watch(self._stream, memory)
        steps = int(timedelta(days=DRIFT_DAYS) / DRIFT_STEP)

        def pictures() -> Iterator[Picture]:
            for number in range(steps):
                at = noon(1) + number * DRIFT_STEP
                moment = a_moment(Weather.CLEAR, at, self._infrared, rng)
                radius = DRIFT_RADIUS * (number + 1) / steps
                if kept == WITHOUT:
                    watch.memory = _without_golden(watch.memory)
                yield watch.look(self._camera.film(moment, rng, Spoilt(optics=defocus(radius))), at)

        right = frozenset({Cause.PICTURE_BLURRED, Cause.PICTURE_VEILED})
        self._trials.append(trial("slow drift", kept, DAY, right, pictures(), before=0, promised=kept == WITH))

    def _rng(self, purpose: str) -> Rng:
        return np.random.default_rng([self._scene.seed, *purpose.encode()])


def _without_golden(memory: Memory) -> Memory:
    colour, infrared = (replace(each, golden=None) for each in (memory.colour, memory.infrared))
    return replace(memory, colour=colour, infrared=infrared)


def rate_of(stream: Stream) -> str:
    """As a strength: the codec, and how its encoder is told to spend bits."""
    match stream.rate:
        case Rate.QUALITY:
            return f"{stream.codec}, {stream.rate}"
        case Rate.CAPPED:
            return f"{stream.codec}, {stream.rate}, {stream.kilobits} kbit/s"
        case Rate.AVERAGE | Rate.CONSTANT:
            return f"{stream.codec}, {stream.rate}"


# As strengths of a picture that stands still.
STANDING = tuple(rate_of(stream) for stream in (*map(Stream, Codec), *RULED))
LOOPED = tuple(f"{LOOP} key frames, {codec}" for codec in Codec)


def _light_of(moment: Moment) -> str:
    if moment.infrared:
        return "infra-red"
    return "night, street lamps" if moment.daylight < DARK_BELOW else "day"


def stream_of(scene: Scene) -> Stream:
    """What the scene's camera sends: half H.264, a third JPEG, a sixth H.265, of a quality of its own."""
    number = scene.seed // 7 % 6
    if number < 3:
        return Stream(Codec.H264, 24 + scene.seed // 42 % 9)
    if number < 5:
        return Stream(Codec.MJPEG, 3 + scene.seed // 42 % 4)
    return Stream(Codec.H265, 25 + scene.seed // 42 % 6)


def film_seen(name: str, pictures: Sequence[Pixels]) -> Seen:
    """A real film of a fixed camera, its pictures taken as key frames ten minutes apart; the first are for learning."""
    cv2.setNumThreads(1)
    watch = Watch(Stream(Codec.H264), Memory.fresh())
    shown = (
        watch.look(
            cv2.resize(picture, (640, 360), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False),
            noon(0) + number * STEP,
        )
        for number, picture in enumerate(pictures)
    )
    looks = list(shown)
    learning = alive("real films, learning", looks[:FILM_LEARNING])
    return Seen(name, (), (learning, alive("real films", looks[FILM_LEARNING:])))


def _tick(picture: Pixels, at: datetime) -> None:
    cv2.rectangle(picture, (6, 6), (222, 28), (0, 0, 0), -1)
    text = f"{at:%Y-%m-%d %H:%M:%S}"
    cv2.putText(picture, text, (10, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (255, 255, 255), 1, cv2.LINE_AA)


def _minutes(picture: Pixels, at: datetime) -> None:
    cv2.putText(picture, f"{at:%H:%M}", (540, 350), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (255, 255, 255), 1)


def _nothing(picture: Pixels, at: datetime) -> None:
    """No clock."""
