"""Causes and details: the right name, and never a secret."""

from __future__ import annotations

import base64
from time import process_time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Cause, Credentials, Secret, Stage
from monitor.rtsp.ending import MAX_DETAIL, MAX_SHOWN, MAX_TRANSCRIPT_LINES, Redactor, Transcript, cause_of_status
from monitor.rtsp.messages import Headers


@pytest.mark.parametrize(
    ("stage", "status", "cause"),
    [
        (Stage.DESCRIBE, 403, Cause.CREDENTIALS_FORBIDDEN),
        (Stage.AUTH, 404, Cause.PATH_NOT_FOUND),
        (Stage.DESCRIBE, 400, Cause.REQUEST_REFUSED),
        (Stage.DESCRIBE, 406, Cause.SDP_REFUSED),
        (Stage.DESCRIBE, 455, Cause.SESSION_LOST),
        (Stage.DESCRIBE, 551, Cause.OPTION_UNSUPPORTED),
        (Stage.DESCRIBE, 453, Cause.DEVICE_BUSY),
        (Stage.DESCRIBE, 500, Cause.SERVER_ERROR),
        (Stage.SETUP, 400, Cause.TRANSPORT_REFUSED),
        (Stage.SETUP, 406, Cause.TRANSPORT_REFUSED),
        (Stage.SETUP, 461, Cause.TRANSPORT_REFUSED),
        (Stage.SETUP, 551, Cause.TRANSPORT_REFUSED),
        (Stage.SETUP, 503, Cause.DEVICE_BUSY),
        (Stage.SETUP, 404, Cause.TRACK_NOT_FOUND),
        (Stage.SETUP, 412, Cause.SETUP_REFUSED),
        (Stage.SETUP, 459, Cause.AGGREGATE_REFUSED),
        (Stage.PLAY, 454, Cause.SESSION_LOST),
        (Stage.PLAY, 457, Cause.PLAY_REFUSED),
        (Stage.PLAY, 551, Cause.OPTION_UNSUPPORTED),
    ],
)
def test_a_status_has_its_cause(stage: Stage, status: int, cause: Cause) -> None:
    assert cause_of_status(stage, status) is cause


CREDENTIALS = Credentials("admin", Secret("p@ss/wörd"))
BASIC = base64.b64encode("admin:p@ss/wörd".encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "p@ss/wörd",
        "p@ss/wörd".encode().decode("latin-1"),
        quote("p@ss/wörd"),
        quote("p@ss/wörd", safe=""),
        f"Authorization: Basic {BASIC}",
        BASIC,
        "rtsp://admin:p@ss/wörd@cam/x",
    ],
)
def test_no_form_of_the_password_is_shown(text: str) -> None:
    shown = Redactor(CREDENTIALS).clean(f"before {text} after")
    assert "wörd" not in shown
    assert "w%C3%B6rd" not in shown
    assert BASIC not in shown
    assert "***" in shown


def test_secrets_nobody_told_us_are_masked_where_they_usually_stand() -> None:
    redactor = Redactor(None)
    assert redactor.clean("rtsp://cam/user=admin_password=tlJwpbo6_channel=1") == (
        "rtsp://cam/user=admin_password=***_channel=1"
    )
    assert redactor.clean("rtsp://cam/?pwd=abc&x=1") == "rtsp://cam/?pwd=***&x=1"
    assert redactor.clean("rtsp://u:p@cam/") == "rtsp://***@cam/"
    assert redactor.clean('Authorization: Digest username="u", response="f"') == "Authorization: Digest ***"
    assert redactor.clean("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:key") == "a=crypto:***"


@given(st.text(max_size=500))
def test_a_detail_is_short_printable_and_without_the_password(text: str) -> None:
    detail = Redactor(CREDENTIALS).detail(f"{text}{CREDENTIALS.password.reveal()}{text}")
    assert len(detail) <= MAX_DETAIL
    assert detail.isprintable()
    assert CREDENTIALS.password.reveal() not in detail


def test_a_transcript_that_nobody_wants_stays_empty() -> None:
    transcript = Transcript(None)
    transcript.note(">", "PLAY", Headers())
    assert transcript.lines == []


def test_a_transcript_is_bounded() -> None:
    transcript = Transcript(Redactor(None))
    for _ in range(MAX_TRANSCRIPT_LINES):
        transcript.note("<", "RTSP 200 OK", Headers((("A", "b"),) * 9))
    assert MAX_TRANSCRIPT_LINES <= len(transcript.lines) < MAX_TRANSCRIPT_LINES + 10


@pytest.mark.parametrize("piece", ["a", "a://", "pwd=", "authorization ", "authorization:", "too many ", "x@", " "])
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    text = piece * MAX_SHOWN
    began = process_time()
    for _ in range(50):
        Redactor(None).clean(text)
    assert process_time() - began < 1
