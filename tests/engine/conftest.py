"""What tests of the engine share with those of probes."""

from __future__ import annotations

from tests.probes.conftest import self_signed

__all__ = ["self_signed"]
