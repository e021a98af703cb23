"""What is believed of a place: two silences, one answer, and what cannot be asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.incidents import Hearing, Origin, Suspect
from monitor.incidents.topology import Topology
from tests.incidents.town import a_camera, second

ANSWERS = st.lists(st.sampled_from([True, False, None]))


def test_a_place_is_lost_after_two_silences_and_back_with_one_answer() -> None:
    heard = Hearing()
    assert [heard.hear(each) for each in (True, False, True, False, False, False, True)] == [
        *(True, False, False, False, True, False, True)
    ]


@given(ANSWERS)
def test_what_is_said_of_its_voice_is_what_the_topology_makes_of_its_changes(answers: list[bool | None]) -> None:
    heard, topology, camera = Hearing(), Topology(), a_camera("c1", "u1")
    line = topology.whereabouts(camera).groups[-1]
    for answer in answers:
        if heard.hear(answer):
            topology.reach(Origin.UPLINK, "u1", heard.reachable, second(0))
        assert line.suspect == Suspect(Origin.UPLINK, "u1")
        assert line.reachable == (heard.reachable if heard.ever else None)


@given(ANSWERS)
def test_a_change_is_told_when_there_is_one(answers: list[bool | None]) -> None:
    heard = Hearing()
    for answer in answers:
        before = heard.reachable
        assert heard.hear(answer) == (heard.reachable is not before)
