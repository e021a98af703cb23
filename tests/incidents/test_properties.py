"""What holds for every record: each outage in one incident, and the same incidents however the record is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.incidents import Enrolled, Incident, Incidents, News, Origin, Part, Reach, Rules, Struck, Suspect
from monitor.model import Camera, Cause, State, Transition
from monitor.outages import outages
from tests.incidents.town import Line, Told, a_camera, second

END = second(100_000)
TOWN = [
    a_camera(
        f"c{nth:02}",
        f"u{nth // 4}" if nth < 16 else "",
        recorder=f"r{nth // 4}" if nth % 4 < 2 else "",
        cabinet=f"p{nth // 6}" if nth % 3 else "",
        carrier="移动" if nth < 12 else "电信",
        credentials=f"k{nth % 2}",
    )
    for nth in range(18)
]
BELIEFS = [
    (State.UP, Cause.OK),
    (State.DOWN, Cause.TCP_TIMEOUT),
    (State.DOWN, Cause.TCP_REFUSED),
    (State.DEGRADED, Cause.PICTURE_BLACK),
    (State.UNKNOWN, Cause.MONITOR_BLIND),
    (State.UNKNOWN, Cause.CREDENTIALS_REFUSED),
    (State.UNKNOWN, Cause.DEVICE_BUSY),
]
PLACES = [(Origin.UPLINK, "u0"), (Origin.UPLINK, "u1"), (Origin.CARRIER_LINE, "移动"), (Origin.POWER_CABINET, "p0")]

# A move: seconds since the one before, then what happens to which cameras. Most steps are short, so that much falls
# together; whole lines move at once as often as single cameras.
moves = st.tuples(
    st.sampled_from([0, 0, 0, 1, 5, 30, 200, 400, 1000]),
    st.one_of(
        st.tuples(st.lists(st.integers(0, 17), min_size=1, max_size=6), st.sampled_from(BELIEFS), st.integers(0, 40)),
        st.tuples(st.integers(0, 3).map(lambda u: list(range(4 * u, 4 * u + 4))), st.sampled_from(BELIEFS), st.just(0)),
        st.tuples(st.sampled_from(PLACES), st.sampled_from([True, False, None])),
        st.tuples(st.integers(0, 17), st.just("moves")),
    ),
)


def record(drawn: Sequence[tuple[int, tuple[object, ...]]]) -> list[Line]:
    """A record as the monitor would write it: a camera's transitions differ and never go back."""
    lines: list[Line] = [(second(0), Enrolled(camera)) for camera in TOWN]
    last: dict[str, Transition] = {}
    at = 10
    for wait, move in drawn:
        at += wait
        match move:
            case (list(numbers), (State() as state, Cause() as cause), int(ago)):
                for number in dict.fromkeys(numbers):
                    lines += _moved(TOWN[number].id, at, ago, state, cause, last)
            case ((Origin() as origin, str(name)), True | False | None as reachable):
                lines.append((second(at), Reach(origin, name, reachable)))
            case (int(number), "moves"):
                lines += _replaced(TOWN[number], at)
            case _:
                raise AssertionError(move)
    return lines


def _moved(
    camera_id: str, at: int, ago: int, state: State, cause: Cause, last: dict[str, Transition]
) -> list[tuple[datetime, News]]:
    before = last.get(camera_id)
    old = (before.new, before.cause) if before else (State.UNKNOWN, Cause.NOT_YET_OBSERVED)
    if (state, cause) == old:
        return []
    start = max(second(at - ago), before.at if before else second(0))
    made = last[camera_id] = Transition(camera_id, start, second(at), old[0], state, cause)
    return [(second(at), made)]


def _replaced(camera: Camera, at: int) -> list[tuple[datetime, News]]:
    """It leaves the inventory and comes back on the first line."""
    moved = a_camera(camera.id, "u0", carrier=camera.carrier)
    return [(second(at), Struck(camera.id)), (second(at), Enrolled(moved))]


Read = tuple[tuple[Incident, ...], tuple[Incident, ...], list[tuple[Incident, tuple[Part, ...]]]]


def read(lines: Sequence[Line], looks: Sequence[datetime] = (), until: datetime = END) -> Read:
    """What a reading comes to, with looks in between."""
    archived: list[tuple[Incident, tuple[Part, ...]]] = []
    found = Incidents(Rules(), lambda shown, those: archived.append((shown, those)))
    waiting = sorted(looks, reverse=True)
    for known_at, news in lines:
        while waiting and waiting[-1] <= known_at:
            found.advance(waiting.pop())
            tuple(found.open())
        found.note(known_at, news)
    found.advance(until)
    return tuple(found.open()), found.recent(), archived


@given(st.lists(moves, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_what_becomes_known_at_one_instant_does_not_matter(
    drawn: list[tuple[int, tuple[object, ...]]], random: Random
) -> None:
    lines = record(drawn)
    other: list[Line] = []
    for _, together in groupby(lines, key=itemgetter(0)):
        other += _shuffled(list(together), random)
    assert read(other) == read(lines)


def _shuffled(lines: list[Line], random: Random) -> list[Line]:
    """Another order in which each camera's own lines, and each place's, stay as they are."""
    queues: dict[object, list[Line]] = {}
    for line in lines:
        queues.setdefault(_about(line[1]), []).append(line)
    mixed = []
    while queues:
        key = random.choice(sorted(queues, key=str))
        mixed.append(queues[key].pop(0))
        if not queues[key]:
            del queues[key]
    return mixed


def _about(news: News) -> object:
    match news:
        case Enrolled(camera):
            return camera.id
        case Struck(camera_id) | Transition(camera_id=camera_id):
            return camera_id
        case Reach(origin, name, _):
            return origin, name


@given(st.lists(moves, max_size=30), st.lists(st.integers(0, 20_000).map(second), max_size=8))
def test_looking_in_between_changes_nothing(drawn: list[tuple[int, tuple[object, ...]]], looks: list[datetime]) -> None:
    lines = record(drawn)
    assert read(lines, looks) == read(lines)


@given(st.lists(moves, max_size=30))
def test_every_outage_belongs_to_exactly_one_incident(drawn: list[tuple[int, tuple[object, ...]]]) -> None:
    lines = record(drawn)
    transitions = [news for _, news in lines if isinstance(news, Transition)]
    for until in (second(700), second(3_000), END):
        known = [news for at, news in lines if at < until and isinstance(news, Transition)]
        shown, _, _ = read([line for line in lines if line[0] < until], until=until)
        down = {outage.camera_id for outage in outages(known) if outage.end_at is None}
        affected = Counter(camera_id for one in shown for camera_id in one.camera_ids)
        assert set(affected.values()) <= {1}
        assert down <= affected.keys()
        assert all(one.camera_ids for one in shown)
    _, _, archived = read([*lines, *_all_back(lines)], until=END + timedelta(days=30))
    belonging = Counter(part for _, those in archived for part in those if part.down)
    assert set(belonging.values()) <= {1}
    for outage in outages(transitions):
        assert any(_part_of(outage.camera_id, outage.start_at, part, transitions) for part in belonging)


def _all_back(lines: Sequence[Line]) -> list[Line]:
    last = {news.camera_id: news for _, news in lines if isinstance(news, Transition)}
    return [
        (END, Transition(camera_id, END, END, move.new, State.UP, Cause.OK))
        for camera_id, move in sorted(last.items())
        if move.new is not State.UP
    ]


def _part_of(camera_id: str, start: datetime, part: Part, moves: Sequence[Transition]) -> bool:
    """Whether the outage is the fault that began then, or goes on with it after a time without sight."""
    if part.camera_id != camera_id or part.start_at > start:
        return False
    between = [move for move in moves if move.camera_id == camera_id and part.start_at < move.at < start]
    return all(move.new is State.DOWN or move.cause is Cause.MONITOR_BLIND for move in between)


@given(st.lists(moves, max_size=30))
def test_open_ones_have_different_ids_and_closed_ones_an_end(drawn: list[tuple[int, tuple[object, ...]]]) -> None:
    shown, recent, archived = read(record(drawn))
    closed = [*recent, *(one for one, _ in archived)]
    assert len({one.id for one in shown}) == len(shown)
    assert all(one.ended_at is None and one.since_at <= one.opened_at for one in shown)
    assert all(one.ended_at is not None and one.since_at <= one.ended_at and not one.camera_ids for one in closed)
    assert all(0 < one.confidence <= 1 for one in (*shown, *closed))


@given(st.lists(moves, max_size=30))
def test_a_time_of_our_own_blindness_changes_nothing_of_what_is_presumed_of_others(
    drawn: list[tuple[int, tuple[object, ...]]],
) -> None:
    """Nobody sees a camera for ten minutes; then each is as it was."""
    lines = record(drawn)
    last = {news.camera_id: news for _, news in lines if isinstance(news, Transition)}
    seen = {camera_id: news for camera_id, news in last.items() if news.cause is not Cause.MONITOR_BLIND}
    start, end = second(50_000), second(50_600)
    blind: list[Line] = [
        (start, Transition(camera_id, start, start, news.new, State.UNKNOWN, Cause.MONITOR_BLIND))
        for camera_id, news in seen.items()
    ]
    sight: list[Line] = [
        (end, Transition(camera_id, end, end, State.UNKNOWN, news.new, news.cause)) for camera_id, news in seen.items()
    ]
    assert _of_others([*lines, *blind]) == _of_others([*lines, *blind, *sight]) == _of_others(lines)


def _of_others(lines: Sequence[Line]) -> list[tuple[str, Suspect, tuple[str, ...]]]:
    shown, _, _ = read(lines)
    return [(one.id, one.suspect, one.camera_ids) for one in shown if one.suspect.origin is not Origin.MONITOR]


# A recorder or a cabinet over two lines of two carriers, other cameras on both, and what is lost: the place, or the
# place and one of the lines.
overlaps = st.tuples(
    st.sampled_from([Origin.RECORDER, Origin.POWER_CABINET]),
    st.tuples(st.integers(2, 10), st.integers(2, 10), st.integers(0, 12), st.integers(0, 12)),
    st.booleans(),  # the first line is lost as well
    st.sampled_from([None, 5, 40, 65]),  # when the place's own address falls silent; None: it has none
)


@settings(max_examples=60)
@given(overlaps, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_news_within_the_minute_nor_that_of_the_inventory_matters(
    drawn: tuple[Origin, tuple[int, int, int, int], bool, int | None], random: Random
) -> None:
    origin, counts, line_too, silent = drawn
    place = {"recorder": "p"} if origin is Origin.RECORDER else {"cabinet": "p"}
    kinds = [("a", "u0", "移动", place), ("b", "u1", "电信", place), ("c", "u0", "移动", {}), ("d", "u1", "电信", {})]
    town = [
        a_camera(f"{name}{nth:02}", line, carrier=carrier, **hangs)
        for (name, line, carrier, hangs), count in zip(kinds, counts, strict=True)
        for nth in range(count)
    ]
    lost = [one for one in town if one.recorder or one.cabinet or (line_too and one.uplink == "u0")]
    found = []
    for _ in range(3):
        random.shuffle(town)
        random.shuffle(lost)
        told = Told(town)
        if silent is not None:
            told.tell(-300, Reach(origin, "p", True))
            told.tell(silent, Reach(origin, "p", False))
        for nth, camera in enumerate(lost):
            told.down(camera.id, nth * 55 / len(lost))
        found.append(sorted((one.suspect, one.camera_ids) for one in told.until(400).open()))
    assert found[0] == found[1] == found[2]
    assert line_too or found[0] == [(Suspect(origin, "p"), tuple(sorted(one.id for one in lost)))]
