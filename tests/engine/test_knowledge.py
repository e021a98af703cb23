"""Which stream is asked for, and that no camera pays for our guess of its sub-stream."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.devices import Devices
from monitor.engine.knowledge import UNKNOWN_RATE, Knowledge, stream_to_ask
from monitor.liveness import new_track
from monitor.model import (
    Ask,
    Cause,
    Codec,
    Finding,
    FindingState,
    Look,
    Mark,
    Picture,
    Result,
    Rung,
    Stage,
    State,
    Transport,
    View,
)
from monitor.picture.frozen import ALIKE
from monitor.settings import PictureSettings, ProbeSettings, Settings, StreamChoice
from tests.driven import START, a_camera

MAIN, SUB = (f"rtsp://192.0.2.1/Streaming/Channels/10{number}" for number in (1, 2))
CAMERA = replace(a_camera(), url=MAIN)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass
class Talk:
    """Questions and answers about one camera."""

    path: Path
    settings: Settings
    at: datetime = START

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.devices = Devices(self.path)
        self.knowledge = Knowledge(self.devices)

    def ask(self) -> Ask:
        track = new_track(CAMERA.id, START, State.UP, Cause.OK)
        return self.knowledge.ask(CAMERA, track, self.at, self.settings, None, may_authenticate=True)

    def answer(self, cause: Cause = Cause.OK, url: str = "", rung: Rung = Rung.STREAM, size: int = 100_000) -> str:
        """One probe that ends so; returns the URL it asked for."""
        ask = self.ask()
        url = url or ask.url
        mark = Mark(url, Codec.H264, 9, b"", b"") if cause is Cause.OK else None
        took = timedelta(seconds=2)
        result = Result(
            CAMERA.id, ask.at, took, rung, Stage.PLAY, cause, received_bytes=size, url=url, mark=mark,
            transport=Transport.UDP,
        )  # fmt: skip
        self.knowledge.take(ask, result)
        self.devices.flush()
        self.at += MINUTE
        return ask.url


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path / "d", Settings(tmp_path, (), tmp_path, tmp_path))


def test_the_sub_stream_is_asked_for_where_the_url_tells_what_it_is_called(talk: Talk) -> None:
    assert talk.answer() == SUB


def test_the_question_tells_when_the_view_was_approved(talk: Talk) -> None:
    talk.knowledge.approve({CAMERA.id: START})
    assert talk.ask().approved_at == START


def test_the_question_tells_whether_the_camera_turns_on_purpose(talk: Talk) -> None:
    assert talk.ask().view is View.FIXED
    talk.settings = replace(talk.settings, picture=PictureSettings(moving=frozenset({CAMERA.id})))
    assert talk.ask().view is View.MOVING


def test_as_written_is_as_written(talk: Talk) -> None:
    talk.settings = replace(talk.settings, probe=ProbeSettings(stream=StreamChoice.AS_WRITTEN))
    assert talk.answer() == MAIN


def test_a_refused_guess_is_not_tried_again_for_a_day_over_restarts(talk: Talk) -> None:
    assert talk.answer(url=MAIN) == SUB
    talk.restart()
    assert [talk.answer() for _ in range(3)] == [MAIN] * 3
    talk.at = START + DAY
    assert talk.answer() == SUB


def test_a_clock_set_back_does_not_keep_the_small_stream_away(talk: Talk) -> None:
    talk.answer(url=MAIN)
    talk.at = START - 30 * DAY
    assert talk.answer() == SUB


def test_after_any_failure_of_the_guess_the_written_stream_has_the_word(talk: Talk) -> None:
    assert talk.answer(Cause.NO_MEDIA) == SUB
    assert [talk.answer(Cause.NO_MEDIA) for _ in range(2)] == [MAIN] * 2


def test_a_passing_failure_is_not_held_against_the_guess(talk: Talk) -> None:
    asked = [talk.answer(cause) for cause in (Cause.NO_MEDIA, Cause.OK, Cause.OK, Cause.NO_MEDIA, Cause.OK, Cause.OK)]
    assert asked == [SUB, MAIN, SUB, SUB, MAIN, SUB]


def test_a_guess_that_fails_twice_in_a_row_beside_a_working_stream_is_dropped(talk: Talk) -> None:
    asked = [talk.answer(cause) for cause in (Cause.NO_MEDIA, Cause.OK, Cause.NO_MEDIA, Cause.OK, Cause.OK, Cause.OK)]
    assert asked == [SUB, MAIN, SUB, MAIN, MAIN, MAIN]


def test_a_camera_that_cannot_be_reached_says_nothing_about_the_guess(talk: Talk) -> None:
    assert [talk.answer(Cause.TCP_TIMEOUT, rung=Rung.NONE) for _ in range(3)] == [SUB] * 3


def test_a_stream_that_onvif_named_comes_first(talk: Talk) -> None:
    talk.devices.learn(
        CAMERA.id, MAIN, replace(talk.devices.stream(CAMERA.id, MAIN), found="rtsp://192.0.2.1/onvif/small")
    )
    assert talk.answer() == "rtsp://192.0.2.1/onvif/small"


def test_a_stream_that_onvif_named_at_another_place_is_asked_for_at_the_one_of_the_inventory(talk: Talk) -> None:
    """A forwarded port: at the device's own there is nothing, or another camera. So is what was learnt before."""
    named = "rtsp://192.0.2.1:554/onvif/small?x=1"
    forwarded = replace(CAMERA, url="rtsp://192.0.2.1:8554/Streaming/Channels/101")
    stream = replace(talk.devices.stream(CAMERA.id, MAIN), found=named)
    asked = stream_to_ask(forwarded, stream, StreamChoice.SUB, START)
    assert asked == "rtsp://192.0.2.1:8554/onvif/small?x=1"


def test_the_transport_that_worked_is_tried_first_over_restarts(talk: Talk) -> None:
    assert talk.ask().transport is Transport.TCP
    talk.answer()
    talk.restart()
    assert talk.ask().transport is Transport.UDP


def test_a_camera_s_rate_is_measured_and_kept_and_small_changes_are_not_written(talk: Talk) -> None:
    assert talk.knowledge.rate(CAMERA) == UNKNOWN_RATE
    talk.answer(size=100_000)  # in two seconds
    assert talk.knowledge.rate(CAMERA) == 400_000
    talk.restart()
    assert talk.knowledge.rate(CAMERA) == 400_000
    talk.answer(size=120_000)
    assert talk.knowledge.rate(CAMERA) == 400_000
    for _ in range(10):
        talk.answer(size=200_000)
    assert talk.knowledge.rate(CAMERA) > 600_000


def test_a_picture_that_leans_to_frozen_and_what_snapshots_told_bring_the_next_look_at_once(talk: Talk) -> None:
    talk.answer()
    finding = Finding(Cause.PICTURE_FROZEN, FindingState.OK, ALIKE, 0.8, 0.2)
    picture = Picture(640, 360, b"", (finding,))
    for leans in (picture, Picture(640, 360, b"")):
        ask = talk.ask()
        talk.knowledge.take(
            ask,
            Result(
                CAMERA.id,
                ask.at,
                MINUTE,
                Rung.PICTURE,
                Stage.PICTURE,
                Cause.OK,
                look=Look.DUE,
                picture=leans,
                mark=Mark(ask.url, Codec.H264, 9, b"", b""),
            ),
        )
        talk.at += MINUTE / 60
        assert (talk.ask().look is Look.IN_DOUBT) is (leans is picture)
    talk.knowledge.doubt(CAMERA.id)
    assert talk.ask().look is Look.IN_DOUBT


def test_a_camera_that_left_is_forgotten(talk: Talk) -> None:
    talk.answer(Cause.NO_MEDIA)
    talk.knowledge.forget(CAMERA.id)
    assert talk.ask().url == SUB
