"""A black picture: covered, dead or unlit sensor. A village lane at night has at least one lamp or star of noise."""

from __future__ import annotations

from monitor.model import Cause, Finding

from .findings import weighed

# The 99th percentile of luma (0..255): black level plus codec error stays under 12; the darkest street view with a
# single lamp in it measured above 60, infra-red views far above.
BRIGHTEST_OF_BLACK = 20.0


def black(brightest: float) -> Finding:
    """Faulty when even the brightest hundredth of the picture (``exposure.brightest``) is black."""
    score = 2 - brightest / BRIGHTEST_OF_BLACK
    return weighed(Cause.PICTURE_BLACK, "luma_p99", brightest, BRIGHTEST_OF_BLACK, score)
