"""Probing in processes of its own, for towns one core cannot carry.

The engine stays in one process and alone decides who is asked when, holds the slots and writes the record; only the
asking itself and the decoding move. ``pool`` is the engine's side, ``child`` the other, ``frames`` what lies between.
"""

from monitor.workers.pool import Looking, Workers, WorkersProber

__all__ = ["Looking", "Workers", "WorkersProber"]
