"""Series of incidents: sparse, bounded, and only of what is settled."""

from __future__ import annotations

from dataclasses import replace

from monitor.incidents import BlindSpot, Origin
from monitor.metrics import IncidentFigures, PlaceFigures, RepairClock
from monitor.metrics.incidents import MOST
from tests.metrics.test_exposition import samples, value
from tests.metrics.town import HOUR, NOW, camera, incident, status, town

CLOCK = RepairClock(24 * HOUR, 30 * HOUR, major=False, late_cameras=1, near=True)


def series(*incidents: IncidentFigures) -> dict[str, float]:
    """Cameras by incident."""
    found = samples(replace(town(status()), incidents=incidents))
    return {dict(key[1])["incident"]: value for key, value in found.items() if key[0] == "sharpeyes_incident_cameras"}


def test_an_incident_says_where_it_is_what_is_presumed_and_how_many_it_affects() -> None:
    view = replace(town(status()), incidents=(incident(cameras=7, falls=3),))
    cameras = value(
        view,
        "sharpeyes_incident_cameras",
        incident="i1",
        scope="uplink",
        cause="tcp_timeout",
        severity="critical",
        county="安平县",
        town="清河镇",
        village="柳溪村",
        site="",
        name="移动-柳溪-OLT1",
    )
    assert cameras == 7
    assert value(view, "sharpeyes_incident_falls", incident="i1") == 3
    assert value(view, "sharpeyes_incident_confidence_ratio", incident="i1") == 0.75
    assert value(view, "sharpeyes_incident_start_timestamp_seconds", incident="i1") == NOW.timestamp() - 600
    assert value(view, "sharpeyes_incident_repair_limit_seconds", incident="i1") == 86_400
    assert value(view, "sharpeyes_incident_repair_clock_seconds", incident="i1") == 72_000


def test_an_incident_that_may_be_part_of_a_wider_one_is_counted_and_has_no_series_yet() -> None:
    young = incident(2, Origin.CAMERA, cameras=1, settled=False)
    assert series(incident(), young) == {"i1": 2}
    view = replace(town(status()), incidents=(incident(), young))
    assert value(view, "sharpeyes_incidents_open", scope="camera") == 1
    assert value(view, "sharpeyes_incidents_open", scope="uplink") == 1
    assert value(view, "sharpeyes_incidents_open", scope="carrier_line") == 0


def test_however_much_goes_down_the_series_are_bounded_and_the_urgent_ones_stay() -> None:
    many = [incident(number, Origin.CAMERA, cameras=1) for number in range(MOST + 50)]
    found = series(*many, incident(5001, cameras=2), incident(5002, cameras=40))
    assert len(found) == MOST
    assert {"i5001", "i5002"} <= found.keys()
    left_out = value(replace(town(status()), incidents=tuple(many)), "sharpeyes_incidents_left_out")
    assert left_out == len(many) - MOST
    assert value(town(status()), "sharpeyes_incidents_left_out") == 0


def test_of_many_the_late_ones_are_shown_before_those_that_have_time() -> None:
    late = RepairClock(24 * HOUR, 25 * HOUR, major=False, late_cameras=1, near=False)
    early = replace(late, ran_us=HOUR, late_cameras=0)
    many = [replace(incident(number, Origin.CAMERA, cameras=1), clock=early) for number in range(MOST)]
    shown = series(*many, replace(incident(5000, Origin.CAMERA, cameras=1), clock=late))
    assert "i5000" in shown


def test_an_incident_without_a_limit_has_no_clock() -> None:
    view = replace(town(status()), incidents=(replace(incident(), clock=None),))
    assert not [key for key in samples(view) if "repair_clock" in key[0]]


def test_blind_spots_are_counted() -> None:
    spot = BlindSpot(camera().site, NOW, ("c1",))
    assert value(town(status()), "sharpeyes_blind_spots") == 0
    assert value(replace(town(status()), blind_spots=(spot,)), "sharpeyes_blind_spots") == 1


def test_a_site_no_camera_shows_is_named_with_its_area_and_since_when() -> None:
    spots = tuple(BlindSpot(replace(camera().site, id=f"s{number}"), NOW, ("c1",)) for number in range(MOST + 1))
    view = replace(town(status()), blind_spots=spots)
    where = {"county": "安平县", "town": "清河镇", "village": "柳溪村", "site": "村口"}
    metric = "sharpeyes_blind_spot_start_timestamp_seconds"
    assert value(view, metric, site_id="s0", **where) == NOW.timestamp()
    assert len([key for key in samples(view) if key[0] == metric]) == MOST


def test_every_camera_of_a_settled_incident_names_it_however_many_they_are() -> None:
    wide, young = incident(cameras=2 * MOST), incident(2, Origin.CAMERA, cameras=1, settled=False, camera_ids=("x",))
    view = replace(town(status()), incidents=(wide, young))
    told = [dict(key[1]) for key in samples(view) if key[0] == "sharpeyes_camera_incident"]
    assert {(each["incident"], each["scope"]) for each in told} == {("i1", "uplink")}
    assert {each["camera_id"] for each in told} == set(wide.incident.camera_ids)


def test_a_limit_that_is_near_is_told_also_where_another_camera_is_late() -> None:
    for near in (True, False):
        late = replace(incident(), clock=replace(CLOCK, near=near))
        view = replace(town(status()), incidents=(late,))
        assert value(view, "sharpeyes_incident_repair_near", incident="i1") == near


def test_places_and_canaries_say_whether_they_answer_and_nothing_where_nothing_is_known() -> None:
    places = (
        PlaceFigures(Origin.UPLINK, "u1", True, NOW, ever=True),
        PlaceFigures(Origin.RECORDER, "NVR", None, None, ever=False),
        PlaceFigures(Origin.MONITOR, "1", False, NOW, ever=False),
    )
    found = samples(replace(town(status()), places=places))
    told = {tuple(dict(key[1]).values()): number for key, number in found.items() if key[0] == "sharpeyes_place_up"}
    assert {tuple(sorted(key)): number for key, number in told.items()} == {("u1", "uplink"): 1, ("1", "monitor"): 0}
