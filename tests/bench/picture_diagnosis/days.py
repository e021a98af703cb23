"""Simulated days: what light falls on a scene, and what falls, flies and drives through it, key frame by key frame.

Sunrise is at six, sunset at eighteen; instants are UTC and stand for local time. What is random follows
from a seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np

Rng = np.random.Generator

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
STEP = timedelta(minutes=10)  # between two key frames that are looked at, in a day
NIGHT = 2e-4  # light of a moonless sky over a village, of the noon's
IR_BELOW = 0.008  # of the noon's light: where a camera switches to infra-red
DARK_BELOW = 0.02  # where street lamps burn
CHANGING = 0.12  # chance that rain or snowfall begins to swell, ease or end, for one STEP
PASSING = 0.3  # chance that somebody or something crosses the picture


class Weather(StrEnum):
    """A day's character; each begins at noon and holds the night as well."""

    CLEAR = "clear, shadows, insects at the lamp"
    RAIN = "rain, headlights at night"
    SNOW = "snowfall, whitening ground"
    AUTUMN = "leaves turned, fog in the morning"


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant in front of a camera."""

    at: datetime
    daylight: float = 1.0  # 1 at a clear noon
    infrared: bool = False
    warmth: float = 0.0  # log2 of red against blue in the light: 0 at noon, 0.7 at sunset
    shadows: float = 0.0  # how much darker hard shadows are: 0 .. 0.7
    haze: float = 0.0  # share of the light that is scattered: 0 .. 1
    rain: int = 0  # streaks in the picture
    snow: int = 0  # flakes
    insects: int = 0
    headlights: float = 0.0  # of the light of a car coming nearer: 0 .. 1
    passers: int = 0  # people, animals and vehicles
    whiteness: float = 0.0  # share of snow on what lies level: 0 .. 1
    autumn: float = 0.0  # how far leaves have turned: 0 .. 1


def noon(day: int) -> datetime:
    """Of the day with that number."""
    return FIRST_DAY + timedelta(days=day, hours=12)


def midnight(day: int) -> datetime:
    """The night after the day with that number."""
    return noon(day) + timedelta(hours=12)


def a_day(weather: Weather, day: int, infrared: bool, rng: Rng, step: timedelta = STEP) -> Iterator[Moment]:
    """Key frames from noon to noon. ``infrared``: whether the camera has infra-red lamps, and switches to them."""
    clouds = fall = wanted = 0.0
    for number in range(int(timedelta(days=1) / step)):
        at = noon(day) + number * step
        clouds = 0.8 * clouds + 0.25 * float(rng.standard_normal())
        if rng.random() < CHANGING * (step / STEP):
            wanted = float(rng.uniform(0.2, 1.0)) * float(rng.random() < 0.7)
        fall += 0.4 * (wanted - fall)
        yield a_moment(weather, at, infrared, rng, clouds, number * step / timedelta(days=1), fall)


def a_moment(
    weather: Weather,
    at: datetime,
    infrared: bool,
    rng: Rng,
    clouds: float = 0.0,
    progress: float = 0.0,
    fall: float = 0.0,
) -> Moment:
    """One instant of such a day.

    ``clouds``: about -0.5 .. 0.5; ``progress``: share of the day gone; ``fall``: of rain or snow, 0 .. 1.
    """
    light, warmth = _sun(at)
    overcast = weather is not Weather.CLEAR
    light *= (0.35 if overcast else 1.0) * math.exp(min(clouds, 0.3) * 0.5)
    light = max(light, NIGHT)
    dark = light < IR_BELOW
    passers = int(rng.random() < (PASSING / 3 if dark else PASSING)) * int(rng.integers(1, 4))
    moment = Moment(at, light, dark and infrared, warmth, passers=passers)
    match weather:
        case Weather.CLEAR:
            shadows = 0.6 * min(1.0, light * 1.5) * float(clouds < 0.15)
            insects = int(rng.integers(1, 4)) if dark and rng.random() < 0.3 else 0
            return _with(moment, shadows=shadows, insects=insects)
        case Weather.RAIN:
            driven = float(rng.random()) if dark and rng.random() < 0.25 else 0.0
            return _with(moment, rain=int(fall * rng.integers(100, 260)), haze=0.15 * fall, headlights=driven)
        case Weather.SNOW:
            flakes = int(fall * rng.integers(100, 400))
            return _with(moment, snow=flakes, haze=0.2 * fall, whiteness=0.35 * progress)
        case Weather.AUTUMN:
            foggy = max(0.0, 1 - abs((at.hour + at.minute / 60) - 7.5) / 2)  # 05:30 to 09:30, most at 07:30
            return _with(moment, haze=0.55 * foggy, autumn=0.6)


def _with(moment: Moment, **changes: float) -> Moment:
    from dataclasses import replace

    return replace(moment, **changes)  # type: ignore[arg-type]  # the names are those of its fields


def _sun(at: datetime) -> tuple[float, float]:
    """Light and warmth by the height of the sun; twilight lasts an hour."""
    hour = at.hour + at.minute / 60 + at.second / 3600
    height = math.sin((hour - 6) / 12 * math.pi)
    if height >= 0:
        return 0.1 + 0.9 * height**0.7, 0.7 * (1 - height) ** 3
    dusk = min(1.0, -height / math.sin(math.pi / 12))  # 1 an hour after sunset
    return 0.1 * 10 ** (-2.7 * dusk), 0.7 * (1 - 1.6 * dusk)
