"""The written form of an event: pinned to the byte, read back strictly."""

from __future__ import annotations

import json
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.acts.events import MaintenanceCancelled, MaintenancePlanned
from monitor.canonical import Unreadable, canonical, is_canonical
from monitor.ledger import KINDS, Event, Heartbeat, Note
from monitor.ledger.codec import decode, encode
from monitor.ledger.events import KIND_OF, CameraChanged, TransitionRecorded
from monitor.model import Camera, Cause, Maintenance, Scope, Site, SiteCategory, State, Transition, instant
from tests.ledger.samples import CAMERA, ONE_OF_EACH, WORK, transition

texts = st.text(max_size=20)
instants = st.integers(0, 7_000_000_000_000_000).map(instant)
dates = st.none() | st.dates(date(2000, 1, 1), date(2200, 1, 1))
scopes = st.builds(Scope, *[st.frozensets(texts, max_size=3)] * 5)
cameras = st.builds(
    Camera,
    id=texts,
    name=texts,
    site=st.builds(Site, texts, texts, st.sampled_from(SiteCategory), texts, texts, texts),
    carrier=texts,
    url=texts,
    in_contract=st.booleans(),
    in_service_from=dates,
    in_service_to=dates,
    onvif=texts,
    certificate=texts,
    cabinet=texts,
)
events = st.one_of(
    st.builds(
        TransitionRecorded,
        st.builds(
            Transition,
            texts,
            instants,
            instants,
            st.sampled_from(State),
            st.sampled_from(State),
            st.sampled_from(list(Cause)),
            texts,
        ),
    ),
    st.builds(CameraChanged, cameras),
    st.builds(MaintenancePlanned, st.builds(Maintenance, texts, texts, scopes, instants, instants)),
    st.builds(Note, texts, texts),
)


def test_every_kind_of_event_has_a_name_and_a_sample() -> None:
    assert set(KINDS.values()) == set(get_args(Event)) == {type(event) for event in ONE_OF_EACH}


def test_the_written_form_of_a_transition_never_changes() -> None:
    assert encode(TransitionRecorded(transition("c1", 1))) == (
        '{"transition":{"at":1780286460000000,"camera_id":"c1","cause":"tcp_timeout","decided_at":1780286480000000,'
        '"detail":"5 秒内未连上","new":"down","old":"up"}}'
    )


def test_the_written_form_of_a_camera_never_changes() -> None:
    assert encode(CameraChanged(CAMERA)) == (
        '{"camera":{"cabinet":"","carrier":"移动","certificate":"accept","credentials":"","id":"c1","in_contract":true,'
        '"in_service_from":"2026-05-01","in_service_to":null,"model":"","name":"村口1号","onvif":"","recorder":"",'
        '"site":{"category":"junction","county":"清河县",'
        '"id":"s1","name":"村口","town":"清河镇","village":"东村"},"uplink":"","url":"rtsp://127.0.0.1:8554/c1","vendor":""}}'
    )


def test_the_written_form_of_planned_work_never_changes() -> None:
    assert encode(MaintenancePlanned(WORK)) == (
        '{"maintenance":{"end_at":1780293600000000,"id":"m1","scope":{"camera_ids":[],"carriers":["移动"],'
        '"categories":[],"recorders":[],"sites":[],"towns":[],"uplinks":[],"vendors":[],"villages":["东村","西村"]},'
        '"start_at":1780286400000000,"title":"换杆"},"stamp":null}'
    )


def test_planned_work_written_when_a_scope_had_fewer_fields_reads_as_it_was_meant() -> None:
    body = (
        '{"maintenance":{"end_at":1780293600000000,"id":"m1","scope":{"camera_ids":[],"carriers":["移动"],"sites":[],'
        '"uplinks":[],"villages":["东村","西村"]},"start_at":1780286400000000,"title":"换杆"},"stamp":null}'
    )
    assert decode("maintenance_planned", body) == MaintenancePlanned(WORK)


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_each_kind_reads_back_as_it_was_written(event: Event) -> None:
    body = encode(event)
    assert is_canonical(body)
    assert decode(KIND_OF[type(event)], body) == event


@given(events)
def test_any_event_reads_back_as_it_was_written(event: Event) -> None:
    body = encode(event)
    assert "\n" not in body
    assert is_canonical(body)
    assert decode(KIND_OF[type(event)], body) == event


def test_half_a_surrogate_pair_is_written_as_a_question_mark() -> None:
    assert encode(Note("a", "x\ud800y")) == (
        '{"author":"a","camera_id":null,"outage_at":null,"stamp":null,"text":"x?y"}'
    )


def test_a_field_that_an_older_version_did_not_write_takes_its_default() -> None:
    body = encode(CameraChanged(CAMERA)).replace('"uplink":"",', "")
    assert decode("camera_changed", body) == CameraChanged(CAMERA)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("nonsense", "{}"),
        ("heartbeat", '{"more":1}'),
        ("heartbeat", "[]"),
        ("heartbeat", "{"),
        ("note", '{"author":"a"}'),
        ("note", '{"author":"a","text":1}'),
        ("started", '{"simulated":1,"version":"x"}'),
        ("clock_jumped", '{"after_at":true,"before_at":1}'),
        ("clock_jumped", '{"after_at":1e3,"before_at":1}'),
        ("clock_jumped", '{"after_at":999999999999999999999999,"before_at":1}'),
        ("note", "[" * 100_000),
        ("camera_removed", '{"camera_id":null}'),
    ],
)
def test_a_body_that_does_not_fit_its_kind_is_unreadable(kind: str, body: str) -> None:
    with pytest.raises(Unreadable):
        decode(kind, body)


@pytest.mark.parametrize(
    "body", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1,"a":1}', '{"a":"\\u4e2d"}', '{"a":1}\n', "{", "[" * 100_000]
)
def test_any_other_spelling_is_not_canonical(body: str) -> None:
    assert not is_canonical(body)


def test_a_heartbeat_is_the_empty_object() -> None:
    assert encode(Heartbeat()) == canonical({}) == "{}"


def test_notes_and_plans_written_before_acts_had_a_stamp_are_read() -> None:
    assert decode("note", '{"author":"王工","text":"停电"}') == Note("王工", "停电")
    body = json.loads(encode(MaintenancePlanned(WORK)))
    del body["stamp"]
    assert decode("maintenance_planned", canonical(body)) == MaintenancePlanned(WORK)
    assert decode("maintenance_cancelled", '{"id":"m1"}') == MaintenanceCancelled("m1")


def test_a_camera_written_before_onvif_certificates_and_cabinets_were_known_is_read() -> None:
    body = json.loads(encode(CameraChanged(CAMERA)))
    for later in ("onvif", "certificate", "cabinet"):
        del body["camera"][later]
    assert decode(KIND_OF[CameraChanged], canonical(body)) == CameraChanged(CAMERA)
