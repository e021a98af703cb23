"""The smallest profile that still tells something."""

from __future__ import annotations

import pytest

from monitor.model import Codec
from monitor.onvif.profiles import Profile, usable


def tokens(*profiles: Profile) -> list[str]:
    return [profile.token for profile in usable(profiles)]


def test_the_smaller_picture_comes_first_then_the_lower_rate_then_the_unknown_rate() -> None:
    assert tokens(
        Profile("main", Codec.H265, 1920, 1080, 25, 2048),
        Profile("untold", Codec.H264, 640, 360),
        Profile("fast", Codec.H264, 640, 360, 25, 1024),
        Profile("slow", Codec.MJPEG, 640, 360, 25, 256),
    ) == ["slow", "fast", "untold", "main"]


def test_equal_ones_keep_the_device_s_order() -> None:
    assert tokens(Profile("b", Codec.H264, 640, 360), Profile("a", Codec.H264, 640, 360)) == ["b", "a"]


@pytest.mark.parametrize(
    ("profile", "judged"),
    [
        (Profile("x", Codec.H264, 160, 120), True),
        (Profile("x", Codec.H264, 120, 160), True),
        (Profile("x", Codec.H264, 159, 120), False),
        (Profile("x", Codec.H264, 160, 119), False),
        (Profile("x", Codec.H264), False),
        (Profile("x", None, 640, 360), False),
    ],
)
def test_what_is_too_small_or_of_an_unknown_codec_is_not_usable(profile: Profile, judged: bool) -> None:
    assert bool(tokens(profile)) is judged
