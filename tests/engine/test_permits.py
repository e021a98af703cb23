"""A refused password is offered once, then not again until the pause is over, on all channels of the device."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.engine.permits import Permits
from monitor.model import Credentials, Secret
from tests.driven import a_camera

PAUSE = timedelta(minutes=30)
LOGIN = Credentials("admin", Secret("wrong"))


def test_after_a_refusal_the_same_credentials_wait_for_the_pause() -> None:
    permits, camera = Permits(), a_camera()
    assert permits.granted(camera, LOGIN, 100.0)
    permits.refused(camera, LOGIN, 100.0, PAUSE)
    assert not permits.granted(camera, LOGIN, 100.0 + 1799)
    assert permits.granted(camera, LOGIN, 100.0 + 1800)


def test_refusals_during_the_pause_do_not_lengthen_it() -> None:
    permits, camera = Permits(), a_camera()
    permits.refused(camera, LOGIN, 0.0, PAUSE)
    permits.refused(camera, LOGIN, 900.0, PAUSE)
    assert permits.granted(camera, LOGIN, 1800.0)


def test_a_corrected_password_may_be_tried_at_once() -> None:
    permits, camera = Permits(), a_camera()
    permits.refused(camera, LOGIN, 0.0, PAUSE)
    assert permits.granted(camera, Credentials("admin", Secret("right")), 1.0)


def test_channels_of_one_recorder_share_the_pause() -> None:
    permits = Permits()
    first = replace(a_camera("A"), recorder="nvr-1")
    second = replace(a_camera("B", host="127.20.1.2"), recorder="nvr-1")
    permits.refused(first, LOGIN, 0.0, PAUSE)
    assert not permits.granted(second, LOGIN, 1.0)
