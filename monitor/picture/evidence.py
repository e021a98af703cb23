"""What transport and decoder know of one key frame, beside its pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model import Codec


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it may be missing: a file that somebody hands in has no transport."""

    payload_digest: bytes = field(default=b"", repr=False)  # of all coded bytes; b"" = not known
    slice_digest: bytes = field(default=b"", repr=False)  # of the last two thirds of the coded slices; b"" = not known
    rtp_gap: bool = False  # sequence numbers were missing inside this key frame
    decoder_flagged: bool = False  # the decoder called the picture corrupt, and gave it nevertheless
    rtp_timestamp: int | None = None  # of the key frame, 0 .. 2**32 - 1
    codec: Codec | None = None


NO_EVIDENCE = Evidence()
