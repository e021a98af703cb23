"""Examines one key frame by all that is remembered of the camera: findings, and what is remembered from then on.

The order of trust: what the decoder says, exact repeats, gross faults that need no reference, then what this
camera usually shows by this light.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from monitor.model import MICROSECOND, Cause, Finding, FindingState, Picture, micros

from .black import black
from .blocks import block_sums, fingerprint
from .blurred import blurred, blurred_slowly
from .cast import LAMPLIT, cast, colourless
from .contrast import SUDDEN, is_clear, is_thick, is_veil, low_contrast, veiled
from .corrupt import corrupt, damaged
from .evidence import Evidence
from .exposure import AMPLIFYING, DAZZLED, bright, brightest, clipped, dark
from .findings import unjudged, weight
from .frame import Field, Frame, Reduced, reduced
from .frozen import frozen
from .learning import LEARNT, learnt
from .memory import (
    Doubts,
    Golden,
    Measure,
    Memory,
    Mode,
    Reference,
    changed,
    profile_of,
    structure_of,
    structure_of_golden,
    tints_of,
)
from .noisy import LOW_LIGHT, grain, noisy
from .single_colour import single_colour
from .striped import is_hidden, profiles, striped, stripes
from .structure import Outlines, structure
from .tally import active, tallied
from .texture import Sharpness, sharpness, texture
from .tint import Tints, shift, tints
from .view import DIM, LOST_SINCE_GOLDEN, View, lost_threshold, perhaps_turned, sought, view_drifted, view_lost, views

# ln of amplitude, of the fine detail where most is left: where some is sharper than ever, light is not too little.
SHARPER = 0.1
HELD = 3  # key frames after the light changed for which exposure and white balance may still settle


@dataclass(frozen=True, slots=True)
class _Measured:
    """One picture in numbers, before anything is judged."""

    picture: Reduced
    structure: Field = field(repr=False)
    texture: Field = field(repr=False)
    strips: Field = field(repr=False)
    grain: float
    brightest: float
    clipped: float
    luma: float
    damaged: float
    tints: Tints | None


def examine(frame: Frame, evidence: Evidence, memory: Memory, at: datetime) -> tuple[Picture, Memory]:
    """What the key frame shows, and the memory with it. ``at``: when it was taken, aware UTC, never going back."""
    at_us = micros(at)
    sums, seen = block_sums(frame), _measured(frame, reduced(frame))
    print_ = fingerprint(sums)
    still, stillness, repeats = frozen(sums, print_, memory, at_us)  # whatever ends with another light was of this one
    memory = _in_its_mode(memory.with_stillness(stillness, repeats), seen, at_us)
    findings, memory, measures, lit = _judged(seen, still, evidence, memory, at_us)
    tallies, reference = tallied(memory.tallies, findings, at_us), memory.reference
    before, now = active(memory.tallies), active(tallies)
    if _may_learn(findings, now, memory):
        profile = np.add.reduce(seen.strips, axis=0) / np.float32(len(seen.strips))
        reference = learnt(reference, seen.structure, seen.texture, profile, lit, measures, at_us)
    memory = memory.with_look(reference, tallies)
    events = tuple(cause for cause in now if cause not in before)
    return Picture(frame.width, frame.height, print_, findings, now, events), memory


def approve_view(memory: Memory) -> Memory:
    """The memory with the view of today as the new one: what was learnt of the old one is forgotten.

    How often this camera repeats itself, and where its clock is, stays.
    """
    return changed(
        memory,
        colour=Reference(),
        infrared=Reference(),
        tallies=(),
        doubts=Doubts(),
        golden_doubts=Doubts(),
        clear_us=0,
        veiled=False,
    )


def _measured(frame: Frame, picture: Reduced) -> _Measured:
    return _Measured(
        picture,
        structure(picture),
        texture(picture),
        profiles(picture),
        grain(picture),
        brightest(picture),
        clipped(picture),
        float(picture.coarse.mean()),
        damaged(frame, picture),
        tints(picture),
    )


def _in_its_mode(memory: Memory, seen: _Measured, at_us: int) -> Memory:
    mode = Mode.INFRARED if colourless(seen.picture) else Mode.COLOUR
    if mode is memory.mode or _is_hidden(memory, seen, mode, at_us):
        return changed(memory, in_mode=memory.in_mode + 1)
    return changed(memory, mode=mode, in_mode=1, doubts=Doubts(), golden_doubts=Doubts())


def _is_hidden(memory: Memory, seen: _Measured, mode: Mode, at_us: int) -> bool:
    """Whether it is no light that took or gave colours all at once, but foil and breath, or cloth before a camera that
    never had any: by another light contrast and outlines remain."""
    known = memory.reference
    if known.seen < LEARNT or not (memory.veiled or at_us - memory.clear_us <= SUDDEN // MICROSECOND):
        return False
    grainy = max(seen.grain, known.mean(Measure.GRAIN))
    (sharp,) = sharpness(seen.texture, [known.texture], grainy, [Doubts()])
    if mode is Mode.INFRARED:
        return is_thick(sharp)
    if memory.colour.seen >= LEARNT:
        return False
    (its,) = views(seen.picture, Outlines(seen.structure), [Outlines(structure_of(known.structure))], [sharp], [b""])
    return its.hidden


def _may_learn(findings: Iterable[Finding], now: tuple[Cause, ...], memory: Memory) -> bool:
    """Only good pictures by a light that has settled, and none while an alarm is up."""
    fog = any(f.cause is Cause.PICTURE_LOW_CONTRAST and f.state is FindingState.WARNING for f in findings)
    return not now and not fog and not any(f.faulty for f in findings) and memory.in_mode > HELD


def _judged(
    seen: _Measured, still: Finding, evidence: Evidence, memory: Memory, at_us: int
) -> tuple[tuple[Finding, ...], Memory, dict[Measure, float], Tints | None]:
    """Findings, the most telling first; the memory of veils; the measures and the tints to learn from."""
    reference = memory.reference
    known = reference.seen >= LEARNT and memory.in_mode > HELD
    usual: Callable[[Measure], float | None] = reference.mean if known else lambda _: None
    now = Outlines(seen.structure)
    against = _against(seen, now, memory, reference.golden if known else None)
    sharp, seen_view, _ = against[0]
    bands = stripes(seen.strips, profile_of(reference.profile) if reference.has_outlines else None)
    exposure = dark(seen.brightest, usual(Measure.BRIGHTEST))
    lit = seen.tints if memory.mode is Mode.COLOUR and sharp.contrast_now > LAMPLIT else None
    shifted = None if lit is None else shift(lit, tints_of(reference.tints))
    tinted = cast(lit, shifted, usual(Measure.TINT), reference.deviation(Measure.TINT))
    if known:
        seen_view, memory, by_reference = _by_reference(seen, now, against, memory, at_us)
    else:
        by_reference = _not_learnt(reference, exposure)
    moved, covered, soft, veil, fog = by_reference
    findings = (
        corrupt(seen.damaged, usual(Measure.DAMAGED), evidence),
        black(seen.brightest),
        single_colour(seen.picture, seen_view.lost_now if known else 0.0),
        still,
        exposure,
        bright(seen.clipped, seen.luma, usual(Measure.CLIPPED), reference.mean(Measure.LUMA)),
        noisy(seen.grain, usual(Measure.GRAIN)),
        striped(
            bands,
            usual(Measure.STRIPES),
            hidden=known and is_hidden(seen_view.lost_now, sharp.dull, another=seen_view.another),
        ),
        moved,
        covered,
        soft,
        veil,
        tinted,
        fog,
    )
    measures = {
        Measure.LOST: seen_view.lost,
        Measure.SOFT: sharp.soft,
        Measure.GRAIN: seen.grain,
        Measure.STRIPES: bands,
        Measure.DAMAGED: seen.damaged,
        Measure.CLIPPED: seen.clipped,
        Measure.BRIGHTEST: seen.brightest,
        Measure.LUMA: seen.luma,
    }
    if shifted is not None:
        measures[Measure.TINT] = shifted
    return findings, memory, measures, lit


_BY_REFERENCE = (
    Cause.PICTURE_MOVED,
    Cause.PICTURE_COVERED,
    Cause.PICTURE_BLURRED,
    Cause.PICTURE_VEILED,
    Cause.PICTURE_LOW_CONTRAST,
)


def _not_learnt(reference: Reference, exposure: Finding) -> tuple[Finding, ...]:
    """Learning; or that nothing can be judged by so little light, of which a dark camera would learn for ever."""
    if exposure.faulty:
        why = (FindingState.CANNOT_JUDGE, exposure.measure, exposure.value, exposure.threshold)
    else:
        why = (FindingState.LEARNING, "good_key_frames", float(reference.seen), float(LEARNT))
    return tuple(unjudged(cause, *why) for cause in _BY_REFERENCE)


def _against(
    seen: _Measured, now: Outlines, memory: Memory, golden: Golden | None
) -> Sequence[tuple[Sharpness, View, Outlines]]:
    """What is left of the detail and the view of the reference, and of its golden copy if there is one."""
    reference = memory.reference
    grainy = max(seen.grain, reference.mean(Measure.GRAIN))
    textures, doubts, outlines = [reference.texture], [memory.doubts], [Outlines(structure_of(reference.structure))]
    if golden is not None:
        textures.append(golden.texture)
        doubts.append(memory.golden_doubts)
        outlines.append(Outlines(structure_of_golden(golden.structure)))
    sharp = sharpness(seen.texture, textures, grainy, doubts)
    found = views(seen.picture, now, outlines, sharp, [each.lost for each in doubts])
    return tuple(zip(sharp, found, outlines, strict=True))


def _by_reference(
    seen: _Measured,
    now: Outlines,
    against: Sequence[tuple[Sharpness, View, Outlines]],
    memory: Memory,
    at_us: int,
) -> tuple[View, Memory, tuple[Finding, ...]]:
    """What only a reference can tell: the view, its sharpness, its contrast. And where the view is, if it has moved."""
    (sharp, seen_view, outlines), *golden = against
    reference = memory.reference
    grain = seen.grain / max(reference.mean(Measure.GRAIN), 0.1)
    dazzled = seen.clipped > reference.mean(Measure.CLIPPED) + DAZZLED
    night = memory.mode is Mode.INFRARED or grain > AMPLIFYING
    low_light = grain > LOW_LIGHT or seen.picture.quantile(0.9) < DIM or (dazzled and night)
    most_lost = lost_threshold(
        reference.mean(Measure.LOST),
        reference.deviation(Measure.LOST),
        low_light=low_light and sharp.clearest < SHARPER,
    )
    seen_view = perhaps_turned(sought(seen_view, now, outlines, most_lost), now, outlines, most_lost)
    moved, covered = view_lost(seen_view, most_lost)
    soft = blurred(sharp, seen_view.lost, reference.mean(Measure.SOFT), reference.deviation(Measure.SOFT))
    golden_doubts = memory.golden_doubts
    for sharp_then, view_then, outlines_then in golden:
        then = sought(view_then, now, outlines_then, LOST_SINCE_GOLDEN)
        golden_doubts = Doubts(then.doubts, sharp_then.softness, b"", sharp_then.contrast_now)  # fog is no drift
        moved_since, covered_since = view_drifted(then)
        moved, covered = _worse(moved, moved_since), _worse(covered, covered_since)
        soft = _worse(soft, blurred_slowly(sharp_then, then.lost))
    fog = low_contrast(sharp, seen_view.lost, low_light=low_light)
    clear_us, is_veiled = _contrast(memory, sharp, fog, at_us)
    doubts = Doubts(seen_view.doubts, sharp.softness, sharp.dimming, sharp.contrast_now)
    memory = changed(memory, doubts=doubts, golden_doubts=golden_doubts, clear_us=clear_us, veiled=is_veiled)
    return seen_view, memory, (moved, covered, soft, veiled(sharp, fog, sudden=is_veiled), fog)


def _contrast(memory: Memory, sharp: Sharpness, fog: Finding, at_us: int) -> tuple[int, bool]:
    """When it was last normal, and whether it fell at once."""
    if fog.state is FindingState.CANNOT_JUDGE:
        return memory.clear_us, memory.veiled
    if is_clear(sharp):
        return at_us, False
    sudden = memory.clear_us and at_us - memory.clear_us <= SUDDEN // MICROSECOND
    if sudden and is_veil(sharp):
        return memory.clear_us, True
    return memory.clear_us if memory.veiled else 0, memory.veiled  # it goes slowly: until it is clear again


def _worse(one: Finding, other: Finding) -> Finding:
    return max(one, other, key=weight)
