"""What every depacketiser is: packets in, the first complete key frame out, and an account for when none came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from monitor.errors import RemoteProtocolError
from monitor.rtsp.rtp import Buffer


class KeyFrameTooLarge(RemoteProtocolError):
    """One key frame is larger than the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"a key frame of more than {limit} bytes")


@dataclass(slots=True)
class Account:
    """What was seen while waiting for a key frame."""

    types: set[int] = field(default_factory=set)  # NAL unit types, or JPEG types
    damaged: int = 0  # key frames that came in part only, because packets were missing
    undescribed: int = 0  # complete key frames without parameter sets


class Depacketiser(Protocol):
    """For one codec."""

    account: Account
    timestamp: int  # of the picture under way

    def push(
        self, data: Buffer, start: int, stop: int, timestamp: int, marker: bool, lost: bool, extension: bytes = b""
    ) -> bytes | None:
        """Take the payload in ``[start, stop)``, ``lost`` when packets are missing before it.

        Gives the key frame when it is complete. Keeps nothing of ``data``. Raises KeyFrameTooLarge.
        """
        ...

    def run(self, data: bytearray, before: int, start: int, end: int, sequence: int) -> tuple[int, int]:
        """Take, of the interleaved packets in ``[start, end)``, those that go on with the one before or bring nothing.

        The same as ``push`` for each, only faster. ``before``: where the packet before begins; ``sequence``: the number
        due next. Gives where the first packet begins that was not taken, and how many were. Raises KeyFrameTooLarge.
        """
        ...

    @property
    def waiting(self) -> bool:
        """Whether a key frame is held that may be complete, but more of it may follow."""
        ...

    @property
    def empty(self) -> bool:
        """Whether nothing is held, and the picture under way is of no use."""
        ...

    def pause(self) -> None:
        """No packet came for a moment. That proves nothing by itself."""
        ...

    def settle(self) -> bytes | None:
        """Nothing more will come: the key frame that was held and looks complete, if there is one."""
        ...
