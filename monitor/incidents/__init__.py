"""Why cameras are down: outages and topology in, incidents with one presumed origin out. Pure; it reads no clock.

It decides which outages belong together and what is presumed to have failed, and says how sure it is and why. It must
never change an outage, a state or a figure: an incident is a reading of the record, and the same record read twice
gives the same incidents under the same names.

``Incidents`` is told what became known when, in that order, and keeps what follows from it. Words live in ``wording``.
"""

from __future__ import annotations

from monitor.incidents.blindness import BlindSpot, UnseenSite
from monitor.incidents.faults import SILENCE
from monitor.incidents.fold import Incidents
from monitor.incidents.hearing import Hearing
from monitor.incidents.reference import Loss, Reference, References, references, rules_for
from monitor.incidents.sharing import Down, shared
from monitor.incidents.values import (
    Clue,
    Enrolled,
    Evidence,
    Incident,
    News,
    Origin,
    Part,
    Reach,
    Rules,
    Struck,
    Suspect,
)

__all__ = [
    "SILENCE",
    "BlindSpot",
    "Clue",
    "Down",
    "Enrolled",
    "Evidence",
    "Hearing",
    "Incident",
    "Incidents",
    "Loss",
    "News",
    "Origin",
    "Part",
    "Reach",
    "Reference",
    "References",
    "Rules",
    "Struck",
    "Suspect",
    "UnseenSite",
    "references",
    "rules_for",
    "shared",
]
