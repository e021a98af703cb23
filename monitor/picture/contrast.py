"""Fog and veils: contrast is gone while outlines stay in place. Slowly it is weather, at once it is the glass."""

from __future__ import annotations

from datetime import timedelta

from monitor.model import Cause, Finding, FindingState

from .findings import doubted, unjudged, weighed
from .texture import Sharpness

LOW = -0.6  # ln of amplitude: 55 % of the usual contrast is left
VEIL = -1.0  # 37 %; the onset of rain takes 0.1 to 0.5 from one look to the next, by infra-red lamps now and then 0.95
DIMMED_SHARE = 0.25  # or that much of the picture lost 40 % of its fine detail, against what is left where most is ...
CLEAREST = -0.25  # ... which is nearly all (ln of amplitude): drops and splashes
MADE = 0.15  # what is clearest has so much more detail (ln of amplitude) that flakes or lamps made it, and no veil
NORMAL = -0.25  # above, contrast is as usual ...
NORMAL_SHARE = 0.12  # ... where no more than this is dimmed
GAINED_SHARE = 0.4  # a veil takes and never gives; where a lamp goes on, something has more contrast than before
ENOUGH_BLOCKS = 8
ELSEWHERE = 0.4  # of the view lost: then it is no veil that lies over it
SOFT = (
    0.65  # share of the blocks without their fine detail: then it is out of focus, and contrast follows from that ...
)
THICK = -1.25  # ... unless so much is gone (ln of amplitude) as no lens takes
# Rain, snowfall and fog swell; condensation, spray and foil are there from one key frame to the next. A camera that is
# looked at less often than this has no veils, only low contrast.
SUDDEN = timedelta(minutes=6)
BEGUN = 0.75  # times the thresholds: what has gone so far at once is a veil if the rest follows


def low_contrast(now: Sharpness, lost: float, *, low_light: bool) -> Finding:
    """A report, never a fault by itself: ``WARNING`` at most. By little light nothing is said: lamps make contrast."""
    measure, score = "contrast_change", now.contrast / LOW
    if now.detailed < ENOUGH_BLOCKS or lost > ELSEWHERE or (now.soft > SOFT and now.contrast > THICK) or low_light:
        return unjudged(Cause.PICTURE_LOW_CONTRAST, FindingState.CANNOT_JUDGE, measure, now.contrast, LOW)
    found = weighed(Cause.PICTURE_LOW_CONTRAST, measure, now.contrast, LOW, min(score, 0.99))
    return found if score >= 1 else weighed(found.cause, measure, now.contrast, LOW, min(max(score, 0.0), 0.69))


def veiled(now: Sharpness, report: Finding, *, sudden: bool) -> Finding:
    """The same as a fault, when contrast was normal a moment before. ``sudden``: remembered since then."""
    cause = Cause.PICTURE_VEILED
    if report.state is FindingState.CANNOT_JUDGE:
        return unjudged(cause, report.state, report.measure, report.value, VEIL)
    patchy = CLEAREST < now.clearest < MADE
    everywhere, in_patches = now.contrast / VEIL, now.dimmed / DIMMED_SHARE if patchy else 0.0
    if in_patches > everywhere:
        return weighed(cause, "dimmed_share", now.dimmed, DIMMED_SHARE, in_patches if sudden else 0.0)
    found = weighed(cause, "contrast_change", now.contrast, VEIL, everywhere if sudden else 0.0)
    return doubted(found, now.contrast_now, 1.0 if sudden and is_veil(now) else 0.0)


def is_veil(now: Sharpness) -> bool:
    """Whether so much contrast is gone that it is a veil if it went at once."""
    in_patches = now.dimmed_now >= BEGUN * DIMMED_SHARE and now.clearest > CLEAREST
    return (now.contrast_now <= BEGUN * VEIL or in_patches) and now.gained <= GAINED_SHARE


def is_thick(now: Sharpness) -> bool:
    """Whether a veil has taken nearly all, and colour with it."""
    return now.contrast_now <= THICK


def is_clear(now: Sharpness) -> bool:
    """Whether contrast is as usual everywhere."""
    return now.contrast_now > NORMAL and now.dimmed_now <= NORMAL_SHARE
