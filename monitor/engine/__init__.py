"""The probing engine: wait, probe, fold, append, publish.

``timeline`` gives instants that never go back; ``recorder`` makes events durable before anyone hears of them;
``board`` holds what is believed about every camera; ``watch`` is one camera's loop; ``engine`` assembles them.
Only here do rules and edges meet, and only ``watch`` catches ``Exception``: our own fault is UNKNOWN, never DOWN.
"""

from monitor.engine.engine import Engine
from monitor.engine.plan import Plan
from monitor.engine.watch import Prober

__all__ = ["Engine", "Plan", "Prober"]
