"""Storms and dark villages without Alertmanager: numbers and words are those of the rules."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.alerting import MANY_DOWN, VILLAGE_DOWN, Alert, Areas, Storm, Village, areas, dark_villages, storms_in
from monitor.alerting.alertmanager import bilingual
from monitor.incidents import Origin
from monitor.parsing.scalars import duration
from monitor.relay import embedded
from tests.incidents.town import BEGINNING
from tests.test_prometheus_rules import alerts

MINUTE = timedelta(minutes=1)
RULES = {rule["alert"]: rule for rule in alerts()}
TOWN, PLACE = ("安平县", "清河镇"), ("安平县", "清河镇", "柳溪村")
LABELS = dict(zip(("county", "town", "village"), PLACE, strict=True))


def storm(cameras: int, of: int) -> list[Alert]:
    return list(storms_in({TOWN: Storm(cameras, ("柳溪村",))}, {PLACE: Village(of, of - cameras, cameras)}, BEGINNING))


def dark(its: Village) -> list[Alert]:
    return list(dark_villages({PLACE: its}, (), BEGINNING))


def test_the_numbers_are_those_of_the_rules() -> None:
    assert {name: duration(RULES[name]["for"]) for name in (MANY_DOWN, VILLAGE_DOWN)} == areas.WAITS
    assert {duration(RULES[name]["keep_firing_for"]) for name in areas.WAITS} == {areas.KEEPS}
    assert f">= {areas.MANY}\n" in RULES[MANY_DOWN]["expr"]
    assert f"> {areas.SHARE}\n" in RULES[MANY_DOWN]["expr"]
    assert f":count >= {areas.WHOLE}\n" in RULES[VILLAGE_DOWN]["expr"]
    names = {
        Origin.CAMERA: "SharpEyesCameraDown",
        Origin.CREDENTIALS: "SharpEyesCredentialsRefused",
        Origin.INVENTORY: "SharpEyesRemovalUnconfirmed",
    }
    assert {origin: duration(RULES[name]["for"]) for origin, name in names.items()} == embedded.WAITS


def test_the_words_are_those_of_the_rules() -> None:
    for (alert,) in (storm(10, 30), dark(Village(3, 0, 3))):
        notes = dict(RULES[alert.name]["annotations"])
        for label, text in LABELS.items():
            notes = {name: note.replace(f"{{{{ $labels.{label} }}}}", text) for name, note in notes.items()}
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
    assert not found.look(holding, (), BEGINNING)
    assert not found.look({}, (), BEGINNING + MINUTE)
    assert not found.look(holding, (), BEGINNING + 2 * MINUTE)
    assert found.look(holding, (), BEGINNING + 4 * MINUTE)
    assert found.look({}, (), BEGINNING + 13 * MINUTE)
    again = Areas()  # which knows from the outbox alone
    assert again.look({}, [alert.subject], BEGINNING + 14 * MINUTE)
    assert again.look(holding, [alert.subject], BEGINNING + 15 * MINUTE)
    assert again.look({}, [alert.subject], BEGINNING + 24 * MINUTE)
    assert not again.look({}, [alert.subject], BEGINNING + 25 * MINUTE)
