"""Reads what ``/metrics`` says: samples by their series, and histograms that can be subtracted. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

Samples = Mapping[str, float]  # the series as it is written, labels and all

BOUND = re.compile(r'_bucket\{le="([^"]+)"\}')


def read_samples(text: str) -> Samples:
    """Every sample of the text format 0.0.4; ours carries no timestamps."""
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {series: float(value) for series, _, value in lines}


def of_metric(samples: Samples, name: str) -> dict[str, float]:
    """The metric's samples by the text between their braces; an empty text for the one without labels."""
    found = {}
    for series, value in samples.items():
        metric, _, labels = series.partition("{")
        if metric == name:
            found[labels.removesuffix("}")] = value
    return found


def total(samples: Samples, name: str) -> float:
    """The sum over the metric's series."""
    return math.fsum(of_metric(samples, name).values())


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many observations lay at or below each bound; bounds rise and end with infinity."""

    bounds: tuple[float, ...]
    counts: tuple[float, ...]  # cumulative
    sum: float

    @classmethod
    def of(cls, samples: Samples, name: str) -> Histogram:
        """The histogram without labels of that name."""
        buckets = sorted(
            (float(match[1]), value)
            for series, value in samples.items()
            if series.startswith(name) and (match := BOUND.fullmatch(series, len(name)))
        )
        return cls(tuple(b for b, _ in buckets), tuple(c for _, c in buckets), samples[f"{name}_sum"])

    def since(self, earlier: Histogram) -> Histogram:
        """What was observed between the two."""
        counts = tuple(now - then for now, then in zip(self.counts, earlier.counts, strict=True))
        return Histogram(self.bounds, counts, self.sum - earlier.sum)

    @property
    def count(self) -> float:
        """How many observations."""
        return self.counts[-1]

    @property
    def mean(self) -> float:
        """Their mean; NaN without any."""
        return self.sum / self.count if self.count else math.nan

    def at_most(self, share: float) -> float:
        """The bound of the bucket in which the share of all observations (0 to 1) is reached; NaN without any.

        The true quantile is at most this, and more than the bound before it.
        """
        if not self.count:
            return math.nan
        return next(b for b, c in zip(self.bounds, self.counts, strict=True) if c >= share * self.count)

    def most(self) -> float:
        """The bound of the highest bucket that holds anything; NaN when none does."""
        steps = zip(self.bounds, pairwise((0.0, *self.counts)), strict=True)
        return max((bound for bound, (before, upto) in steps if upto > before), default=math.nan)


def bounded(seconds: float) -> str:
    """A bucket's bound as text."""
    if math.isnan(seconds):
        return "–"
    return "beyond the last bucket" if math.isinf(seconds) else f"≤ {seconds:g} s"
