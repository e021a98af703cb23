"""What is remembered of one camera's picture: a frozen value of small numbers, never a picture.

``docs/picture.md`` shows the best picture anybody can make from it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from monitor.errors import PictureMemoryBroken

_MAGIC = b"SEPM\x01"  # the last byte is the version of the form
_CHECKSUM = 16


@dataclass(frozen=True, slots=True)
class Memory:
    """One camera's. Made by ``fresh``, carried on by ``examine``."""

    fingerprint: bytes = b""  # of the last picture looked at

    @classmethod
    def fresh(cls) -> Memory:
        """Of a camera never seen."""
        return cls()

    def to_bytes(self) -> bytes:
        """For a file: at most 16 kB per mode, with version and checksum."""
        body = _MAGIC + self.fingerprint
        return body + blake2b(body, digest_size=_CHECKSUM).digest()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Memory:
        """The value again; ``PictureMemoryBroken`` for anything that ``to_bytes`` did not write."""
        body, checksum = stored[:-_CHECKSUM], stored[-_CHECKSUM:]
        if body[:4] != _MAGIC[:4] or blake2b(body, digest_size=_CHECKSUM).digest() != checksum:
            raise PictureMemoryBroken("the memory of a picture is damaged: delete it, and the camera is learnt anew")
        if body[4:5] != _MAGIC[4:5]:
            raise PictureMemoryBroken("the memory of a picture is of another version: delete it; it is learnt anew")
        return cls(body[5:])
