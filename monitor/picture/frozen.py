"""A frozen picture: a live sensor cannot send the same key frame twice.

With B blocks of 16 x 16 and a chance p that grain changes at least one quantised coefficient of a block, two live
pictures are equal with probability (1 - p)^B. At 640 x 360 B = 880; even p = 0.012 (grain of 0.14 grey levels, a
JPEG of quality 60) gives 2e-5, ordinary grain less than 1e-100. Equality must hold over every luma sample that is read
(``frame.some_rows``).
"""

from __future__ import annotations

from monitor.model import Cause, Finding

from .findings import weighed


def frozen(fingerprint: bytes, previous: bytes | None) -> Finding:
    """Faulty when every luma sample equals that of the camera's previous key frame (``None``: there was none)."""
    same = previous is not None and previous == fingerprint
    return weighed(Cause.PICTURE_FROZEN, "identical_to_previous", float(same), 1.0, float(same))
