"""What transport and decoder know of one key frame, beside its pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it may be missing: a file that somebody hands in has no transport."""

    rtp_gap: bool = False  # sequence numbers were missing inside this key frame
    decoder_flagged: bool = False  # the decoder called the picture corrupt, and gave it nevertheless


NO_EVIDENCE = Evidence()
