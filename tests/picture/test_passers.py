"""Of who stood before a new camera, at one of its first looks or at five, nothing is remembered."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from monitor.picture import Memory, approve_view
from monitor.picture.examine import HELD
from monitor.picture.frame import Field
from monitor.picture.gathering import GATHERED
from monitor.picture.learning import COMMISSIONED
from monitor.picture.memory import Reference, structure_of
from tests.picture.film import Pixels, Spoil, infrared, unspoilt, watched
from tests.picture.leak import reconstruction

AREA = (slice(14, 33), slice(49, 57))  # of 45 x 80 samples: where the person stands
FIRST = HELD  # the number of the first key frame that is learnt from
# Levels (0 to 255): less than the grain of these key frames (2.5). Two beginnings without anybody differ by 0.3,
# a person who always stands there leaves 42, one who came for five looks in a row 0.5 and one who came for one of each
# three, which is the worst, 1.7: the median is then one side of the other two. And here the memory of the same place
# without the person is taken away, which nobody else has.
NO_TRACE = 2.0


def person(picture: Pixels, _number: int = 0) -> Pixels:
    """A third of the picture high, in the open, nearer than anybody comes to a camera on a pole."""
    met = picture.copy()
    cv2.circle(met, (424, 128), 15, (150, 180, 215), -1)
    cv2.circle(met, (418, 125), 2, (20, 20, 20), -1)
    cv2.circle(met, (430, 125), 2, (20, 20, 20), -1)
    cv2.rectangle(met, (404, 145), (444, 200), (200, 230, 235), -1)
    cv2.rectangle(met, (408, 200), (440, 250), (40, 25, 20), -1)
    return met


def there(looks: tuple[int, ...], light: Spoil = unspoilt) -> Spoil:
    """The person, at those of the looks that are learnt from, counted from 0."""

    def spoil(picture: Pixels, number: int) -> Pixels:
        return light(person(picture) if number - FIRST in looks else picture, number)

    return spoil


def after(looks: tuple[int, ...], light: Spoil = unspoilt, last: int = GATHERED) -> Memory:
    return watched(Memory.fresh(), range(FIRST + last), there(looks, light))[1]


@cache
def empty() -> Field:
    return reconstruction(after(()).colour)


def trace(reference: Reference, without: Field) -> float:
    """Levels by which what the memory gives back differs where the person stood; only the shape of it counts."""
    apart = (reconstruction(reference) - without)[AREA]
    return float(np.std(apart))


@pytest.mark.parametrize("looks", [(0,), (4, 5), (0, 1, 2, 3, 4), (1, 4, 7, 10, 13)], ids=str)
def test_of_a_person_at_a_few_of_the_first_looks_there_is_no_trace(looks: tuple[int, ...]) -> None:
    reference = after(looks).colour
    assert reference.has_outlines
    assert trace(reference, empty()) < NO_TRACE


def test_a_person_who_always_stands_there_is_learnt_so_that_the_search_would_find_one() -> None:
    assert trace(after(tuple(range(GATHERED))).colour, empty()) > 10 * NO_TRACE


def test_nor_of_one_at_the_first_looks_by_infra_red_light_or_after_another_view_was_approved() -> None:
    without = reconstruction(after((), infrared).infrared)
    assert trace(after((0, 1, 2, 3, 4), infrared).infrared, without) < NO_TRACE
    approved = replace(approve_view(after(())), in_mode=0)
    _, memory = watched(approved, range(FIRST + GATHERED), there((0, 1, 2, 3, 4)))
    assert trace(memory.colour, empty()) < NO_TRACE


@pytest.mark.parametrize("looks", [1, 2, GATHERED - 1])
def test_until_enough_looks_are_gathered_nothing_of_them_is_written(looks: int) -> None:
    memory = after(tuple(range(looks)), last=looks)
    assert (memory.colour.seen, memory.is_gathering) == (looks, True)
    written = memory.to_bytes()
    assert Memory.from_bytes(written).colour == Reference()
    assert written == replace(memory, colour=Reference()).to_bytes()


def test_a_process_holds_six_looks_at_most_and_none_once_there_is_a_reference() -> None:
    memory, most = Memory.fresh(), 0
    for number in range(FIRST + GATHERED):
        memory = watched(memory, range(number, number + 1))[1]
        most = max(most, sum(map(len, memory.colour.gathered)))
    assert most <= 6 * 7_882
    assert memory.colour.gathered == ()


def test_later_one_look_is_a_forty_eighth_of_the_outlines_however_long_nobody_looked() -> None:
    known = after(())
    later = replace(known, colour=replace(known.colour, updated_us=0))  # as after days without a picture
    number = FIRST + GATHERED
    with_, without = (watched(later, range(number, number + 1), spoil)[1].colour for spoil in (person, unspoilt))
    apart = structure_of(with_.structure) - structure_of(without.structure)
    assert np.abs(apart).max() <= 2 / COMMISSIONED + 1 / 127 + 1e-6, "an outline turned round, and the rounding"
