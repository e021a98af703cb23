"""Storms and dark villages without Alertmanager: numbers and words are those of the rules."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.alerting import (
    BLIND_SPOT,
    MANY_DOWN,
    MONITOR_BLIND,
    VILLAGE_DOWN,
    Alert,
    Areas,
    Left,
    Record,
    Spot,
    Storm,
    Village,
    areas,
    blind_counties,
    dark_sites,
    dark_villages,
    explains,
    lasts,
    leaves,
    storms_in,
    subject_of,
)
from monitor.alerting.alertmanager import bilingual
from monitor.incidents import BlindSpot, Origin
from monitor.model import Site, SiteCategory
from monitor.parsing.scalars import duration
from monitor.relay import embedded
from tests.incidents.town import BEGINNING
from tests.real.alertmanagers import named
from tests.test_prometheus_rules import alerts, routing

MINUTE = timedelta(minutes=1)
RULES = {rule["alert"]: rule for rule in alerts()}
TOWN, PLACE = ("安平县", "清河镇"), ("安平县", "清河镇", "柳溪村")
LABELS = dict(zip(("county", "town", "village"), PLACE, strict=True)) | {"site": "村口"}


def said(note: str) -> str:
    """The annotation of a rule filled in for the place, with the value 7."""
    note = re.sub(r"{{ with \$labels\.county }}{{ \. }}(.*?){{ end }}", rf"{PLACE[0]}\1", note)
    note = note.replace("已有 {{ $value | humanizeDuration }}", "已有 31 分")
    note = note.replace("{{ $value | humanizeDuration }}", "31 min").replace("{{ $value }}", "7")
    return re.sub(r"{{ \$labels\.(\w+) }}", lambda found: LABELS[found[1]], note)


def dim(minutes: int) -> list[Alert]:
    spot = BlindSpot(Site("s", "村口", SiteCategory.OTHER, *reversed(PLACE)), BEGINNING, ("c1",))
    return list(dark_sites([spot], BEGINNING + minutes * MINUTE))


def storm(cameras: int, of: int) -> list[Alert]:
    return list(storms_in({TOWN: Storm(cameras, ("柳溪村",))}, {PLACE: Village(of, of - cameras, cameras)}, BEGINNING))


def dark(its: Village) -> list[Alert]:
    return list(dark_villages({PLACE: its}, (), BEGINNING))


def test_the_numbers_are_those_of_the_rules() -> None:
    assert {name: duration(RULES[name].get("for", "0s")) for name in areas.WAITS} == areas.WAITS
    assert f"> {areas.DARK.seconds}\n" in RULES[BLIND_SPOT]["expr"]
    assert {name: RULES[name]["labels"]["severity"] for name in areas.WAITS if name != BLIND_SPOT} == dict.fromkeys(
        (MANY_DOWN, VILLAGE_DOWN, MONITOR_BLIND), "critical"
    )
    assert {name: duration(RULES[name]["keep_firing_for"]) for name in areas.WAITS} == areas.KEEPS
    assert f">= {areas.MANY}\n" in RULES[MANY_DOWN]["expr"]
    assert f"> {areas.SHARE}\n" in RULES[MANY_DOWN]["expr"]
    assert f":count >= {areas.WHOLE}\n" in RULES[VILLAGE_DOWN]["expr"]
    names = {
        Origin.CAMERA: "SharpEyesCameraDown",
        Origin.CREDENTIALS: "SharpEyesCredentialsRefused",
        Origin.MONITOR: "SharpEyesCamerasUnwatched",
        Origin.INVENTORY: "SharpEyesRemovalUnconfirmed",
    }
    assert {origin: duration(RULES[name]["for"]) for origin, name in names.items()} == embedded.WAITS


def test_the_words_are_those_of_the_rules() -> None:
    for (alert,) in (storm(10, 30), dark(Village(3, 0, 3)), [*blind_counties({PLACE[0]: 7}, BEGINNING)], dim(31)):
        notes = {name: said(note) for name, note in RULES[alert.name]["annotations"].items()}
        assert alert.summary == bilingual(notes["summary"])
        for line in alert.description:
            assert [line.zh, line.en] == notes["description"].splitlines()


@pytest.mark.parametrize(
    ("cameras", "of", "is_one"), [(10, 33, True), (9, 9, False), (10, 34, False), (30, 100, False)]
)
def test_a_storm_is_ten_cameras_and_more_than_three_tenths(cameras: int, of: int, is_one: bool) -> None:
    assert bool(storm(cameras, of)) == is_one


@pytest.mark.parametrize(
    ("its", "is_dark"),
    [(Village(5, 0, 3), True), (Village(3, 1, 2), False), (Village(2, 0, 2), False), (Village(3, 0, 2), False)],
)
def test_a_village_is_dark_when_three_are_down_and_none_is_up(its: Village, is_dark: bool) -> None:
    assert bool(dark(its)) == is_dark
    assert not list(dark_villages({PLACE: its}, [PLACE], BEGINNING))


def test_what_holds_is_told_after_a_while_and_goes_on_for_a_while_even_after_a_restart() -> None:
    (alert,) = storm(10, 10)
    holding, found = {alert.subject: alert}, Areas()
    assert not found.look(holding, (), (), BEGINNING)
    assert not found.look({}, (), (), BEGINNING + MINUTE)
    assert not found.look(holding, (), (), BEGINNING + 2 * MINUTE)
    assert found.look(holding, (), (), BEGINNING + 4 * MINUTE)
    assert found.look({}, (), (), BEGINNING + 13 * MINUTE)
    again = Areas()  # which knows from the outbox alone
    assert again.look({}, [alert.subject], (), BEGINNING + 14 * MINUTE)
    assert again.look(holding, [alert.subject], (), BEGINNING + 15 * MINUTE)
    assert again.look({}, [alert.subject], (), BEGINNING + 24 * MINUTE)
    assert not again.look({}, [alert.subject], (), BEGINNING + 25 * MINUTE)


def test_what_people_were_told_of_goes_on_while_the_record_does_not_see_its_end_and_a_while_longer() -> None:
    (alert,) = dark(Village(3, 0, 3))
    told, found = [alert.subject], Areas()
    assert found.look({}, told, told, BEGINNING)
    assert found.look({}, told, told, BEGINNING + 40 * MINUTE)
    assert found.look({}, told, (), BEGINNING + 49 * MINUTE)
    assert not found.look({}, told, (), BEGINNING + 50 * MINUTE)


def test_that_nobody_sees_a_county_goes_on_for_two_minutes_and_is_known_by_the_county() -> None:
    (alert,) = blind_counties({PLACE[0]: 0}, BEGINNING)
    assert alert.subject == subject_of(MONITOR_BLIND, *PLACE) == f"{MONITOR_BLIND}/{PLACE[0]}"
    found = Areas()
    assert not found.look({alert.subject: alert}, (), (), BEGINNING)
    assert found.look({alert.subject: alert}, (), (), BEGINNING + MINUTE)
    assert found.look({}, (), (), BEGINNING + 2 * MINUTE)
    assert not found.look({}, (), (), BEGINNING + 3 * MINUTE)


def test_a_blind_monitor_watches_no_camera_of_its_counties_up_down_or_at_work_and_one_that_sees_all() -> None:
    villages = {
        PLACE: Village(9, 2, 5),
        (*TOWN, "东村"): Village(4, 0, 0, 1),
        ("乐平县", "", ""): Village(3, 3),
        ("长宁县", "", ""): Village(0, removed=3),
    }
    assert Record(villages, {}, {}, blind=True).unwatched == {"安平县": 13, "乐平县": 3}
    assert Record(villages, {}, {}, blind=False).unwatched == {}


def test_what_is_left_of_a_place_that_is_dark_no_more_is_all_that_is_not_well_there_at_work_or_not() -> None:
    bridge, school, elsewhere = (*PLACE, "桥头"), (*PLACE, "学校"), ("别县", "", "", "")
    villages = {
        PLACE: Village(12, up=1, down=3, up_at_work=2, down_at_work=1, ours=2, removed=4),
        (*TOWN, "东村"): Village(5, up=4),
        ("安平县", "别镇", "西村"): Village(0, removed=2),
    }
    record = Record(villages, {}, {bridge: Spot(3, shown=True, down=2), school: Spot()}, blind=False)
    assert leaves(f"{VILLAGE_DOWN}/f", (*PLACE, ""), record) == Left(8, 5, 2)
    assert leaves(f"{MANY_DOWN}/f", (*TOWN, "", ""), record) == Left(8, 6, 2)
    assert leaves(f"{MANY_DOWN}/f", ("安平县", "别镇", "", ""), record) == Left(2, gone=True)
    assert leaves(f"{VILLAGE_DOWN}/f", ("安平县", "别镇", "西村", ""), record) == Left(2, gone=True)
    assert leaves(f"{BLIND_SPOT}/f", bridge, record) == Left(2)
    assert leaves(f"{BLIND_SPOT}/f", school, record) == Left(gone=True)
    for name in areas.WAITS:  # of another monitor
        assert leaves(f"{name}/f", elsewhere, record) == Left()
    for name in (MANY_DOWN, VILLAGE_DOWN, BLIND_SPOT):  # renamed
        assert leaves(f"{name}/f", (PLACE[0], "新镇", "新村", "新址"), record) == Left(gone=True)
    assert leaves(f"{MONITOR_BLIND}/f", bridge, record) == Left()


def test_a_place_without_a_camera_is_dark_no_more() -> None:
    where = *PLACE, "桥头"
    record = Record({PLACE: Village(0, removed=3)}, {}, {where: Spot()}, blind=True)
    assert not any(lasts(f"{name}/f", where, record) for name in areas.WAITS)


def test_a_site_is_told_of_once_it_was_dark_for_more_than_half_an_hour() -> None:
    assert not dim(30)
    (alert,) = dim(31)
    assert alert.subject == subject_of(BLIND_SPOT, *PLACE, "村口")


def test_what_explains_others_is_what_the_shipped_routes_inhibit_by() -> None:
    rules = routing()["inhibit_rules"]
    for name in areas.WAITS:
        labels = {"alertname": name, **RULES[name]["labels"]}
        by = {
            wider
            for wider in areas.WAITS
            for rule in rules
            if named(rule["source_matchers"], {"": {"alertname": wider}})
            and named(rule["target_matchers"], {"": labels})
        }
        assert by == set(areas.EXPLAINED_BY[name]) - {name}, name
    assert explains({f"{MONITOR_BLIND}/{PLACE[0]}"}, BLIND_SPOT, *PLACE)
    assert not explains({subject_of(MANY_DOWN, PLACE[0], "别镇")}, BLIND_SPOT, *PLACE)
