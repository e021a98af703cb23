"""A town of fake cameras that speak real RTSP and send real video, on loopback addresses only.

It is written apart from the RTSP client on purpose: the two share no code, so they cannot share a mistake.
"""

from __future__ import annotations

from monitor.simulator.faults import Fault, FaultRecord
from monitor.simulator.town import SimulatedTown, build_town

__all__ = ["Fault", "FaultRecord", "SimulatedTown", "build_town"]
