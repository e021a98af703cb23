"""The video profiles of a device, and which of them costs least to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import Codec

LEAST_WIDTH, LEAST_HEIGHT = 160, 120  # pixels of a picture that still tells something


@dataclass(frozen=True, slots=True)
class Profile:
    """One way a device offers its picture; 0 where it does not say."""

    token: str
    codec: Codec | None  # None: one we cannot judge
    width: int = 0  # pixels
    height: int = 0
    fps: float = 0.0
    kbps: int = 0
    source: str = ""  # the token of the lens or channel it shows; "" = not told

    @property
    def usable(self) -> bool:
        """Whether a key frame of it can be judged; also when the picture stands upright."""
        large_enough = max(self.width, self.height) >= LEAST_WIDTH and min(self.width, self.height) >= LEAST_HEIGHT
        return self.codec is not None and large_enough


def usable(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """Those that can be judged, the smallest picture first, then the lowest known bit rate, then the device's order."""
    return tuple(
        sorted(
            (profile for profile in profiles if profile.usable),
            key=lambda profile: (profile.width * profile.height, profile.kbps == 0, profile.kbps),
        )
    )
