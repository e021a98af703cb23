"""The JSON documents and the questions they answer. Names are stable: other programs read them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TypeVar

from aiohttp import web

from monitor.incidents import BlindSpot, Evidence
from monitor.language import Language
from monitor.metrics import (
    AheadFigures,
    Ended,
    GroupFigures,
    IncidentFigures,
    PlaceFigures,
    TownView,
    TripFigures,
)
from monitor.model import SECOND_US, CameraStatus, DeviceStatus, OpenFinding, Sight, State, Transition
from monitor.wording import FINDINGS, clue_text, finding_numbers

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
LATELY = timedelta(days=7)  # what has ended is shown for so long
BLOCK = 50  # cameras or groups written in one step: about a millisecond

JSON_TYPE = "application/json; charset=utf-8"

Json = dict[str, object]
Thing = TypeVar("Thing")


def error_body(text: str) -> bytes:
    """What every failed question is answered with."""
    return _bytes({"error": text})


def status_pieces(town: TownView) -> Iterator[bytes]:
    """``/api/v1/status``: the town, its groups and its cameras. Instants are ISO 8601 in UTC.

    An empty piece ends a step of about a millisecond: others may have their turn.
    """
    groups: dict[str, list[GroupFigures]] = {"town": [], "village": [], "carrier": [], "site": []}
    for group in town.groups:
        groups.setdefault(group.status.kind, []).append(group)
    head = _bytes(
        {
            "at": _iso(town.at),
            "month": {"start_at": _iso(town.terms.month_start_at), "end_at": _iso(town.terms.month_end_at)},
            "target": town.terms.target_ratio,
            "town": _group(groups["town"][0]) if groups["town"] else None,
        }
    )
    yield head[:-1]
    yield from _list("villages", groups["village"], _group)
    yield from _list("carriers", groups["carrier"], _group)
    yield from _list("sites", groups["site"], _group)
    yield from _list("trips", town.trips, _trip)
    yield from _list("cameras", sorted(town.statuses, key=attrgetter("camera.id")), _camera)
    yield b"}"


def incident_pieces(town: TownView) -> Iterator[bytes]:
    """``/api/v1/incidents``: what is open, by when it became known; sites no camera shows; what places answer."""
    yield _bytes({"at": _iso(town.at)})[:-1]
    yield from _list("incidents", town.incidents, _incident)
    yield from _list("blind_spots", town.blind_spots, _blind_spot)
    yield from _list("places", town.places, _place)
    yield b"}"


def ended_pieces(ended: Ended) -> Iterator[bytes]:
    """``/api/v1/incidents/ended``: what has ended since an instant, the latest first."""
    yield _bytes({"since_at": _iso(ended.since_at), "left_out": ended.left_out})[:-1]
    yield from _list("incidents", ended.incidents, _incident)
    yield b"}"


def finding_pieces(town: TownView) -> Iterator[bytes]:
    """``/api/v1/findings``: every device that was asked over ONVIF, what it told last and what was found about it."""
    yield _bytes({"at": _iso(town.at)})[:-1]
    yield from _list("devices", town.devices, _device)
    yield b"}"


def _list(name: str, things: Sequence[Thing], written: Callable[[Thing], Json]) -> Iterator[bytes]:
    """One more member of an object: its name and a list, a block at a time."""
    yield f',"{name}":['.encode()
    for start in range(0, len(things), BLOCK):
        block = b",".join(_bytes(written(thing)) for thing in things[start : start + BLOCK])
        yield block if start == 0 else b"," + block
        yield b""
    yield b"]"


def transitions_body(transitions: list[tuple[int, Transition]], after: int) -> bytes:
    """``/api/v1/transitions``: ask again with ``after`` set to ``next_after`` to go on."""
    return _bytes(
        {
            "transitions": [{"number": number, **_transition(transition)} for number, transition in transitions],
            "next_after": max((number for number, _ in transitions), default=after),
        }
    )


def after_and_limit(query: Mapping[str, str]) -> tuple[int, int]:
    """The two parameters of ``/api/v1/transitions``, or a 400 that says which one is wrong."""
    refuse_unknown(query, {"after", "limit"})
    after = _whole_number(query, "after", default=0, least=0, most=2**63 - 1)
    return after, _whole_number(query, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)


def since_and_limit(query: Mapping[str, str], now: datetime) -> tuple[datetime, int]:
    """The two parameters of ``/api/v1/incidents/ended``, or a 400 that says which one is wrong."""
    refuse_unknown(query, {"since", "limit"})
    limit = _whole_number(query, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
    if "since" not in query:
        return now - LATELY, limit
    text = query["since"].replace(" ", "+")  # a plus that was not escaped
    try:
        since_at = datetime.fromisoformat(text)
    except ValueError:
        since_at = None
    if since_at is None or since_at.tzinfo is None:
        raise web.HTTPBadRequest(text=f"since must be an instant such as 2026-11-26T08:00:00Z, not {text[:40]!r}")
    return since_at, limit


def refuse_unknown(query: Mapping[str, str], known: set[str]) -> None:
    """A misspelt parameter that is silently ignored gives wrong answers: refuse it."""
    for name in query:
        if name not in known:
            takes = f"it takes {', '.join(sorted(known))}" if known else "it takes none"
            raise web.HTTPBadRequest(text=f"no parameter {name[:40]!r} here; {takes}")


def _whole_number(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        raise web.HTTPBadRequest(text=f"{name} must be a whole number from {least} to {most}, not {text[:40]!r}")
    return int(text)


def _bytes(document: Json) -> bytes:
    # A lone surrogate from a careless inventory must not make the document unreadable.
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds")


def _group(group: GroupFigures) -> Json:
    return {
        "name": group.status.name,
        "cameras": group.status.cameras,
        "states": {state.value: group.status.states.get(state, 0) for state in State},
        "online_ratio": group.online_ratio,
        "intact_ratio": group.intact_ratio,
        "coverage_ratio": group.coverage_ratio,
        "forecast_ratio": group.status.forecast_ratio,
        "best_case_ratio": group.status.best_ratio,
        "ahead": None if group.ahead is None else _ahead(group.ahead),
    }


def _ahead(ahead: AheadFigures) -> Json:
    return {
        "budget_seconds": ahead.budget / SECOND_US,
        "budget_left_seconds": ahead.budget_left / SECOND_US,
        "recoverable": ahead.recoverable,
        "unrecoverable_cameras": ahead.lost,
    }


def _trip(trip: TripFigures) -> Json:
    return {
        "village": trip.village,
        "cameras": trip.repairs,
        "gain_seconds": trip.gain / SECOND_US,
        "landing_ratio": trip.landing_ratio,
    }


def _camera(status: CameraStatus) -> Json:
    camera, last = status.camera, status.last_result
    return {
        "id": camera.id,
        "name": camera.name,
        "village": camera.site.village,
        "site": camera.site.name,
        "carrier": camera.carrier,
        "in_contract": camera.in_contract,
        "state": status.state.value,
        "cause": status.cause.value,
        "since_at": _iso(status.since_at),
        "in_maintenance": status.in_maintenance,
        "picture": None if status.sight is None else _sight(status.sight),
        "month_seconds": {
            kind.name: getattr(status.month, kind.name) / SECOND_US for kind in dataclasses.fields(status.month)
        },
        "last_good_at": _iso(status.last_good_at),
        "last_probe": None
        if last is None
        else {
            "at": _iso(last.at),
            "took_seconds": last.took.total_seconds(),
            "cause": last.cause.value,
            "stage": last.stage.value,
            "detail": last.detail,
        },
    }


def _sight(sight: Sight) -> Json:
    return {
        "at": _iso(sight.at),
        "unjudged": [cause.value for cause in sight.unjudged],
        "learning": [cause.value for cause in sight.unlearnt],
        "noticed": [cause.value for cause in sight.noticed],
    }


def _transition(transition: Transition) -> Json:
    return {
        "camera_id": transition.camera_id,
        "at": _iso(transition.at),
        "decided_at": _iso(transition.decided_at),
        "old": transition.old.value,
        "new": transition.new.value,
        "cause": transition.cause.value,
        "detail": transition.detail,
    }


def _incident(shown: IncidentFigures) -> Json:
    incident, clock = shown.incident, shown.clock
    return {
        "id": incident.id,
        "origin": incident.suspect.origin.value,
        "suspect": incident.suspect.name,
        "name": shown.name,
        "confidence": round(incident.confidence, 3),
        "evidence": [_evidence(evidence) for evidence in incident.evidence],
        "cause": incident.cause.value,
        "severity": shown.severity.value,
        "since_at": _iso(incident.since_at),
        "opened_at": _iso(incident.opened_at),
        "ended_at": _iso(incident.ended_at),
        "settled": incident.settled or incident.ended_at is not None,  # what has ended forms no more
        "repeat": incident.repeat,
        "falls": incident.falls,
        "split_from": incident.split_from or None,
        "county": shown.county,
        "town": shown.town,
        "village": shown.village,
        "site": shown.site,
        "cameras": list(incident.camera_ids or incident.affected_ids),
        "cameras_in_all": incident.cameras,
        "repair": None
        if clock is None
        else {
            "limit_seconds": clock.limit_us / SECOND_US,
            "ran_seconds": clock.ran_us / SECOND_US,
            "major": clock.major,
            "near": clock.near,
            "late_cameras": clock.late_cameras,
        },
    }


def _evidence(evidence: Evidence) -> Json:
    return {
        "clue": evidence.clue.value,
        "count": evidence.count,
        "of": evidence.of,
        "cause": evidence.cause.value if evidence.cause else None,
        "zh": clue_text(evidence, Language.ZH),
        "en": clue_text(evidence, Language.EN),
    }


def _device(device: DeviceStatus) -> Json:
    plate = device.identity
    return {
        "camera": device.camera_id,
        "asked_at": _iso(device.asked_at),
        "answered": device.answered,
        "cause": None if device.asked_at is None else device.cause.value,
        "detail": device.detail or None,
        "clock_offset_seconds": None if device.clock_offset is None else device.clock_offset.total_seconds(),
        "offers_snapshots": device.snapshot,
        "identity": None if plate is None else dataclasses.asdict(plate),
        "findings": [_finding(found) for found in device.findings],
    }


def _finding(found: OpenFinding) -> Json:
    finding = found.finding
    return {
        "finding": finding.kind.value,
        "since_at": _iso(found.since_at),
        "before": finding.before or None,
        "after": finding.after or None,
        "offset_seconds": None if finding.offset_us is None else finding.offset_us / SECOND_US,
        "limit_seconds": None if finding.limit_us is None else finding.limit_us / SECOND_US,
        "zh": f"{FINDINGS[finding.kind].zh} {finding_numbers(finding, Language.ZH)}".strip(),
        "en": f"{FINDINGS[finding.kind].en} {finding_numbers(finding, Language.EN)}".strip(),
    }


def _place(place: PlaceFigures) -> Json:
    return {
        "origin": place.origin.value,
        "name": place.name,
        "answers": place.reachable,
        "since_at": _iso(place.since_at),
        "ever_answered": place.ever,
    }


def _blind_spot(spot: BlindSpot) -> Json:
    return {
        "site": spot.site.name,
        "village": spot.site.village,
        "category": spot.site.category.value,
        "since_at": _iso(spot.since_at),
        "cameras": list(spot.camera_ids),
    }
