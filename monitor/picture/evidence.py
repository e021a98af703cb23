"""What the decoder knows of one key frame, beside its pixels.

Transport has nothing to add: a key frame with RTP packets missing inside never comes this far (``rtsp.depacketiser``),
and one that was whole says nothing of packets lost before it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why the pixels may not be what the camera saw."""

    decoder_flagged: bool = False  # the decoder called the picture damaged, and gave it nevertheless


NO_EVIDENCE = Evidence()
