"""What an outage suggests: the whole line down, the whole village down, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.acts.suggestion import CAUSE_OF_ORIGIN, suggestions
from monitor.incidents import Origin, Reference, References, Suspect
from monitor.model import Camera, Cause, ExclusionCause, Site, SiteCategory, Span, instant
from monitor.outages import Run

LOST = Span(100, 200)


def camera(camera_id: str, village: str = "东村", uplink: str = "l1") -> Camera:
    site = Site(f"s-{camera_id}", "部位", SiteCategory.STREET, village, "清河镇", "清河县")
    return Camera(camera_id, camera_id, site, "移动", "rtsp://127.0.0.1/1", uplink=uplink, cabinet="box")


A, B = camera("a"), camera("b")
NAMES = {Origin.UPLINK: "l1", Origin.POWER_CABINET: "box", Origin.CARRIER_LINE: "移动"}
BOTH, SILENT = {"a": [LOST], "b": [LOST]}, (Cause.TCP_TIMEOUT,)
OTHER_LINE, OTHER_VILLAGE = camera("c", uplink="l2"), camera("d", village="西村")


Suggested = list[tuple[ExclusionCause, tuple[int, int]]]


def suggested(
    down: dict[str, list[Span]],
    cameras: list[Camera],
    causes: tuple[Cause, ...] = SILENT,
    origins: dict[str, Origin] | None = None,
    span: Span = LOST,
) -> Suggested:
    """What A's outage suggests; ``origins`` are the incidents of those that have one, by what failed."""
    found = {
        camera_id: [(instant(each.start), Reference(origin, Suspect(origin, NAMES.get(origin, "")), 0.9, ()))]
        for camera_id, origin in (origins or {}).items()
        for each in down[camera_id][:1]
    }
    incidents = References(found, down, {}, {}, timedelta(microseconds=5))
    run = Run(span.start, span.end, causes)
    return [(each.cause, each.span) for each in suggestions(A, run, span, incidents, cameras, down)]


@pytest.mark.parametrize(
    ("cameras", "down", "cause", "part"),
    [
        ([A, B], {"a": [LOST], "b": [LOST]}, ExclusionCause.CARRIER_LINE, LOST),
        ([A, B, OTHER_VILLAGE], {"a": [LOST], "b": [LOST], "d": [LOST]}, ExclusionCause.CARRIER_LINE, LOST),
        ([A, B, OTHER_VILLAGE], {"a": [LOST], "b": [LOST]}, None, None),
        ([A, B, OTHER_LINE], {"a": [LOST], "b": [LOST], "c": [LOST]}, ExclusionCause.POWER, LOST),
        ([A, B, OTHER_LINE], {"a": [LOST], "b": [LOST]}, ExclusionCause.CARRIER_LINE, LOST),
        ([A, OTHER_LINE], {"a": [LOST]}, None, None),
        ([A], {"a": [LOST]}, None, None),
        ([A, B], {"a": [LOST], "b": [Span(150, 300)]}, ExclusionCause.CARRIER_LINE, Span(150, 200)),
        ([A, B], {"a": [LOST], "b": [Span(151, 300)]}, None, None),
        ([A, B], {"a": [LOST], "b": [Span(20, 196)]}, ExclusionCause.CARRIER_LINE, LOST),
        ([A, B], {"a": [LOST], "b": [Span(20, 194)]}, ExclusionCause.CARRIER_LINE, Span(100, 194)),
    ],
)
def test_who_else_was_down_for_half_of_the_time_says_what_it_was_and_for_how_long(
    cameras: list[Camera], down: dict[str, list[Span]], cause: ExclusionCause | None, part: Span | None
) -> None:
    assert suggested(down, cameras) == ([] if cause is None else [(cause, part)])


def test_where_the_others_were_down_twice_the_time_between_is_not_excused() -> None:
    down = {"a": [LOST], "b": [Span(90, 120), Span(160, 400)]}
    line = ExclusionCause.CARRIER_LINE
    assert suggested(down, [A, B]) == [(line, Span(100, 120)), (line, Span(160, 200))]


def test_cameras_whose_line_nobody_knows_are_not_on_the_same_line() -> None:
    alone = [replace(A, uplink=""), replace(B, uplink="")]
    run = Run(LOST.start, LOST.end, SILENT)
    nothing_told = References({}, {}, {}, {}, timedelta(0))
    assert suggestions(alone[0], run, LOST, nothing_told, alone, BOTH) == []


WORLD = Span(0, 1000)
LINE, BOX = Suspect(Origin.UPLINK, "l1"), Suspect(Origin.POWER_CABINET, "box")


@pytest.mark.parametrize(
    ("cameras", "answered", "cause"),
    [
        ([A, B], {LINE: [WORLD]}, None),
        ([A, B], {LINE: [Span(0, 104), Span(198, 300)]}, ExclusionCause.CARRIER_LINE),  # the edges of a cut
        ([A, B], {LINE: [Span(0, 106)]}, None),
        ([A, B], {Suspect(Origin.UPLINK, "l2"): [WORLD], BOX: [WORLD]}, ExclusionCause.CARRIER_LINE),
        ([A, B, OTHER_LINE], {}, ExclusionCause.POWER),
        ([A, B, OTHER_LINE], {Suspect(Origin.UPLINK, "l2"): [WORLD]}, ExclusionCause.CARRIER_LINE),
        ([A, B, OTHER_LINE], {BOX: [WORLD]}, ExclusionCause.CARRIER_LINE),
        ([A, B, OTHER_LINE], {LINE: [WORLD]}, None),
    ],
)
def test_of_what_answered_by_its_own_address_the_neighbours_say_nothing(
    cameras: list[Camera], answered: dict[Suspect, list[Span]], cause: ExclusionCause | None
) -> None:
    incidents = References({}, {}, answered, {}, timedelta(microseconds=5))
    down = {each.id: [LOST] for each in cameras}
    made = suggestions(A, Run(LOST.start, LOST.end, SILENT), LOST, incidents, cameras, down)
    assert [each.cause for each in made] == ([] if cause is None else [cause])


def test_an_address_that_answered_all_through_a_short_outage_speaks_for_the_line() -> None:
    incidents = References({}, {}, {LINE: [WORLD]}, {}, timedelta(microseconds=500))
    assert suggestions(A, Run(LOST.start, LOST.end, SILENT), LOST, incidents, [A, B], BOTH) == []


@pytest.mark.parametrize(("wrong", "cause"), [(False, [ExclusionCause.CARRIER_LINE]), (True, [])])
def test_what_was_split_off_a_wrong_guess_does_not_ask_its_neighbours_again(
    wrong: bool, cause: list[ExclusionCause]
) -> None:
    own = Reference("i", Suspect(Origin.CAMERA, "a"), 0.5, (), split_from_refuted=wrong)
    incidents = References({"a": [(instant(LOST.start), own)]}, BOTH, {}, {}, timedelta(microseconds=5))
    made = suggestions(A, Run(LOST.start, LOST.end, SILENT), LOST, incidents, [A, B], BOTH)
    assert [each.cause for each in made] == cause


@pytest.mark.parametrize("origin", Origin)
def test_only_lines_and_power_are_anybody_s_exclusion(origin: Origin) -> None:
    lines, power = {Origin.UPLINK, Origin.CARRIER_LINE}, {Origin.POWER_CABINET}
    assert (CAUSE_OF_ORIGIN.get(origin) is ExclusionCause.CARRIER_LINE) == (origin in lines)
    assert (CAUSE_OF_ORIGIN.get(origin) is ExclusionCause.POWER) == (origin in power)
    assert (origin in CAUSE_OF_ORIGIN) == (origin in lines | power)


@pytest.mark.parametrize("origin", Origin)
def test_an_incident_wider_than_a_camera_decides_and_else_whoever_was_down_with_it(origin: Origin) -> None:
    cause = ExclusionCause.CARRIER_LINE if origin is Origin.CAMERA else CAUSE_OF_ORIGIN.get(origin)
    found = suggested(BOTH, [A, B], origins={"a": origin, "b": origin})
    assert found == ([] if cause is None else [(cause, LOST)])


@pytest.mark.parametrize(
    ("began", "ended", "part"),
    [(40, 200, LOST), (100, 900, LOST), (40, 900, LOST), (150, 900, Span(150, 200)), (40, 90, None)],
)
def test_an_outage_of_its_own_is_excused_only_while_the_line_was_lost(
    began: int, ended: int, part: Span | None
) -> None:
    """Down before the cut, still down after it, or both: and where it was over before, nothing is."""
    down = {"a": [Span(began, ended)], "b": [LOST], "c": [LOST]}
    origins = {"a": Origin.CAMERA, "b": Origin.UPLINK, "c": Origin.UPLINK}
    found = suggested(down, [A, B], origins=origins, span=down["a"][0])
    assert found == ([] if part is None else [(ExclusionCause.CARRIER_LINE, part)])


@pytest.mark.parametrize(
    ("online", "excused"),
    [
        (Span(0, 105), True),
        (Span(0, 106), False),
        (Span(140, 141), False),
        (Span(194, 400), False),
        (Span(195, 400), True),
    ],
)
def test_who_was_seen_online_within_the_loss_is_not_excused_with_it(online: Span, excused: bool) -> None:
    """Five microseconds at its edges say nothing: cameras are asked one after the other."""
    fell = {"a": Origin.CAMERA, "b": Origin.UPLINK, "c": Origin.UPLINK}
    down = {"a": [Span(150, 190)], "b": [LOST], "c": [LOST]}
    found = {
        name: [(instant(down[name][0].start), Reference(origin, Suspect(origin, "l1"), 0.9, ()))]
        for name, origin in fell.items()
    }
    incidents = References(found, down, {}, {"a": [online]}, timedelta(microseconds=5))
    made = suggestions(A, Run(150, 190, SILENT), down["a"][0], incidents, [A], down)
    assert bool(made) is excused


def test_of_two_that_were_lost_each_excuses_its_time_once() -> None:
    down = {"a": [Span(50, 400)], "b": [LOST], "c": [LOST], "p": [Span(150, 300)], "q": [Span(150, 300)]}
    origins = {"a": Origin.CAMERA, "b": Origin.UPLINK, "c": Origin.UPLINK}
    origins |= {"p": Origin.POWER_CABINET, "q": Origin.POWER_CABINET}
    assert suggested(down, [A], origins=origins, span=down["a"][0]) == [
        (ExclusionCause.CARRIER_LINE, Span(100, 150)),
        (ExclusionCause.POWER, Span(150, 300)),
    ]


@pytest.mark.parametrize("other", [None, Origin.CAMERA, Origin.UPLINK])
@pytest.mark.parametrize(
    ("causes", "excused"),
    [
        ((Cause.TCP_TIMEOUT, Cause.TCP_UNREACHABLE), True),
        ((Cause.TCP_TIMEOUT, Cause.NO_REPLY), False),
        ((Cause.NO_KEYFRAME,), False),
        ((Cause.TCP_REFUSED,), False),
        ((Cause.TCP_TIMEOUT, Cause.TCP_REFUSED), False),
        ((Cause.PATH_NOT_FOUND,), False),
    ],
)
def test_of_a_device_that_answers_no_other_says_anything(
    other: Origin | None, causes: tuple[Cause, ...], excused: bool
) -> None:
    origins = {} if other is None else {"a": Origin.CAMERA, "b": other}
    assert bool(suggested(BOTH, [A, B], causes, origins)) == excused


def test_a_guess_that_proved_wrong_excuses_nobody() -> None:
    line = Suspect(Origin.UPLINK, "l1")
    for refuted in (False, True):
        about = Reference("i", line, 0.9, (), refuted)
        found = {each: [(instant(LOST.start), about)] for each in "ab"}
        incidents = References(found, BOTH, {}, {}, timedelta(microseconds=5))
        made = suggestions(A, Run(LOST.start, LOST.end, SILENT), LOST, incidents, [A, B], BOTH)
        assert bool(made) is not refuted
