"""In words, what a suggested exclusion rests on: for the screen in one language, for the record in both."""

from __future__ import annotations

from monitor.acts.suggestion import Suggestion
from monitor.cli.people import texts
from monitor.incidents import Origin, Reference
from monitor.language import Language
from monitor.outages import Run
from monitor.wording import ORIGINS, clue_text


def presumed(incident: Reference, language: Language) -> str:
    """The incident's id and what is presumed, or was until that proved wrong; by name unless that is the camera."""
    origin = ORIGINS[incident.suspect.origin][language]
    if incident.suspect.origin is not Origin.CAMERA:
        origin = f"{origin} {incident.suspect.name}".rstrip()
    phrase = texts.PRESUMED_WRONGLY if incident.refuted else texts.PRESUMED
    return phrase[language].format(id=incident.id, origin=origin)


def reason(own: Reference | None, suggestion: Suggestion | None, run: Run) -> str:
    """As evidence for both parties: the incident it rests on, how sure that is and why; Chinese first.

    ``own`` is the outage's own incident. Of what is suggested for a part of the outage it says that it is one.
    """
    return " / ".join(each for language in Language if (each := _reason(own, suggestion, run, language)))


def _reason(own: Reference | None, suggestion: Suggestion | None, run: Run, language: Language) -> str:
    said = []
    incident = own if suggestion is None else suggestion.incident or own
    if incident is not None and incident.refuted:
        said.append(presumed(incident, language))
    elif incident is not None:
        clues = texts.BESIDES[language].join(clue_text(clue, language) for clue in incident.evidence)
        sure = texts.SURE[language].format(percent=int(incident.confidence * 100), clues=clues)
        said.append(presumed(incident, language) + sure)
    if suggestion is not None:
        if suggestion.incident is None:
            said.append(texts.NEIGHBOURS_DOWN[language])
        if suggestion.span.start > run.start or run.end is None or suggestion.span.end < run.end:
            said.append(texts.SHARED_ONLY[language])
    return texts.BESIDES[language].join(said)
