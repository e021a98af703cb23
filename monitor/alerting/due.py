"""What is due: what is known of a subject against what a channel was told of it. Pure; a fold, as ``liveness`` is.

Every notice that opens an incident is followed by one that says it is over, whatever happens between: what has been
told stands in ``Told``, which is as durable as the notices themselves. Of an alert without an incident whoever calls
``over_alert`` knows that it is over: neither Alertmanager's silence nor its "resolved" says so.
How far a storm reaches only the record knows: an alert keeps the figure it began with.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerting.alertmanager import BLIND_SPOT, Alert
from monitor.alerting.telling import (
    LAPSED,
    alert_opening,
    alert_title,
    first_line,
    incident_lines,
    incident_opening,
    incident_title,
    over_lines,
    over_title,
    site_over_lines,
    storm_lines,
    storm_over_lines,
    titled,
)
from monitor.alerting.values import NOT_DOWN, Facts, Left, Notice, Patience, RepairClock, Severity, Stage, Storm, Told
from monitor.incidents import Incident, Rules
from monitor.language import Phrase

MANY_MORE = 2, 5  # times as many, and so many more: then it is another story
EARLY = 0.9  # Alertmanager repeats by its own clock, a little before ours
AGAIN = timedelta(minutes=10)  # two Alertmanagers of one cluster may speak of the same alert in either order
UNSEEN_FOR = timedelta(days=1)  # how long an end waits at most until we look again: it is told in any case
APART = timedelta(minutes=2)  # what began so long before the end was told may be another story: handed over late

# Alerts of the rules on a figure of the month, which begins anew with the next one. The end of such an alert within a
# month's first day is no recovery.
MONTHLY = frozenset(
    {
        "SharpEyesOnlineRateBelowTarget",
        "SharpEyesForecastBelowTarget",
        "SharpEyesTargetUnrecoverable",
        "SharpEyesCoverageLow",
    }
)
FIRST_DAY = timedelta(days=1)

Due = tuple[Told, Notice]


def due_of_incident(told: Told | None, facts: Facts, now: datetime, patience: Patience, zone: ZoneInfo) -> Due | None:
    """What a channel is to be told of an open incident now; None: nothing new."""
    stage = _stage(told, facts, now, patience)
    if stage is None:
        return None
    figures = facts.figures
    incident, clock = figures.incident, figures.clock
    cameras = len(incident.camera_ids)
    title = incident_title(facts)
    known = Told(
        subject=incident.id,
        open=True,
        at=now,
        since_at=incident.since_at,
        title=title,
        severity=figures.severity,
        falls=incident.falls,
        cameras=max(cameras, told.cameras if told and told.open else 0),
        villages=facts.villages,
        near=bool(clock and clock.near),
        late=bool(clock and clock.late_cameras),
        area=facts.area,
    )
    notice = Notice(
        subject=incident.id,
        stage=stage,
        severity=figures.severity,
        at=now,
        title=titled(stage, figures.severity, title, incident_opening(incident)),
        lines=incident_lines(facts, now, zone),
        cameras=cameras,
        villages=facts.villages,
        down=facts.down,
        area=facts.area,
    )
    return known, notice


def _stage(told: Told | None, facts: Facts, now: datetime, patience: Patience) -> Stage | None:
    incident, clock = facts.figures.incident, facts.figures.clock
    if facts.planned:
        return None
    if told is None or not told.open:
        fell = told is None or incident.falls > told.falls
        return _opening(told, clock) if incident.settled and fell else None
    rises = facts.figures.severity is Severity.CRITICAL is not told.severity
    if rises or _many_more(len(incident.camera_ids), told):
        return Stage.WORSE
    if clock is not None and clock.late_cameras and not told.late:
        return Stage.LATE
    if clock is not None and clock.near and not told.near:
        return Stage.NEAR
    if now - told.at >= patience.of(facts.figures.severity) * EARLY:
        return Stage.REMINDER
    return None


def _many_more(cameras: int, told: Told) -> bool:
    times, more = MANY_MORE
    return cameras >= max(times * told.cameras, told.cameras + more)


def _opening(told: Told | None, clock: RepairClock | None) -> Stage:
    """Who hears of it for the first time hears the worst of it: the office, of a limit that has passed."""
    if clock is not None and clock.late_cameras and not (told and told.late):
        return Stage.LATE
    return Stage.NEAR if clock is not None and clock.near and not (told and told.near) else Stage.OPENED


def call_for(facts: Facts, now: datetime) -> Told:
    """What a channel knows of an incident that somebody wants told and that cannot be yet: it is young, or at work."""
    incident = facts.figures.incident
    return Told(incident.id, False, now, incident.since_at, incident_title(facts), falls=0, called=True)


def over(told: Told, ended: Incident | None, left: Left, now: datetime, rules: Rules, zone: ZoneInfo) -> Due | None:
    """What a channel is to be told of an incident that is not open any more; None: not yet.

    It may fall again, or nobody has looked at some of its cameras for a reason of our own: how it ended is judged once
    they are seen. ``ended`` is None for one that has become a part of another; ``left`` is what the record says of its
    cameras now.
    """
    ended_at = ended.ended_at if ended is not None else None
    flapping = ended is not None and ended.falls > 1
    if flapping and ended_at is not None and now - ended_at < rules.hold:
        return None
    if left.ours and ended_at is not None and now - ended_at < UNSEEN_FOR:
        return None
    lines = over_lines(told, ended, left, ended_at or now, zone)
    return _closed(replace(told, title=over_title(told, left)), now, lines, _end_of_incident(told, ended, left))


def _end_of_incident(told: Told, ended: Incident | None, left: Left) -> Stage:
    if ended is None:
        return Stage.TAKEN
    if ended.refuted:
        return Stage.REFUTED
    if left.down and ended.suspect.origin in NOT_DOWN:
        return Stage.TAKEN  # they were not down then, and are for another reason
    return _end(left, max(told.cameras, ended.cameras))


def _end(left: Left, cameras: int) -> Stage:
    """How something ended that leaves this of so many cameras; 0: nobody has said how many."""
    if left.gone or left.down >= cameras > 0:
        return Stage.TAKEN  # none of them is back
    if left.down:
        return Stage.PARTLY
    return Stage.UNSEEN if left.unseen else Stage.RECOVERED


def due_of_alert(told: Told | None, alert: Alert, storm: Storm | None, now: datetime, patience: Patience) -> Due | None:
    """What a channel is to be told of an alert without an incident that fires; ``storm``: what the record knows."""
    stage = _stage_of_alert(told, alert, storm, now, patience)
    if stage is None:
        return None
    title = alert_title(alert)
    villages = storm.villages if storm else alert.villages
    known = Told(
        alert.subject,
        True,
        now,
        told.since_at if told and told.open else alert.starts_at,
        title,
        alert.severity,
        cameras=max(storm.cameras if storm else 0, told.cameras if told and told.open else 0),
        villages=villages,
        incident=False,
        area=alert.area,
        where=alert.where,
        line=first_line(alert.description),
    )
    notice = Notice(
        alert.subject,
        stage,
        alert.severity,
        now,
        titled(stage, alert.severity, title, alert_opening(alert)),
        storm_lines(storm) if storm else alert.description,
        cameras=storm.cameras if storm else 0,
        villages=villages,
        down=storm.cameras if storm else 0,
        incident=False,
        area=alert.area,
    )
    return known, notice


def _stage_of_alert(
    told: Told | None, alert: Alert, storm: Storm | None, now: datetime, patience: Patience
) -> Stage | None:
    if told is None or not told.open:
        fell = told is None or alert.starts_at > told.at - APART or now - told.at >= AGAIN
        return Stage.OPENED if fell else None
    if storm is not None and _many_more(storm.cameras, told):
        return Stage.WORSE
    return Stage.REMINDER if now - told.at >= patience.of(alert.severity) * EARLY else None


def over_alert(told: Told, left: Left, ended_at: datetime, now: datetime, zone: ZoneInfo) -> Due:
    """The end of an alert that is open and fires no more since ``ended_at``; ``left``: what ``areas.leaves`` says."""
    name = told.subject.partition("/")[0]
    lines = over_lines(told, None, left, ended_at, zone)
    if name in MONTHLY and _month_turned(told.since_at, ended_at.astimezone(zone)):
        return _closed(told, now, (LAPSED, *lines), Stage.LAPSED)
    if name == BLIND_SPOT and not left.gone:
        return _closed(told, now, site_over_lines(left, lines))  # one camera shows it: that is what it was about
    if told.area is not None:
        lines = storm_over_lines(told, left, lines)
    return _closed(replace(told, title=over_title(told, left)), now, lines, _end(left, told.cameras))


def _month_turned(since_at: datetime, ended_at: datetime) -> bool:
    """Whether what ended, in the contract's zone, did so because a month had begun anew."""
    turn = ended_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return since_at < turn and ended_at - turn < FIRST_DAY


def _closed(told: Told, now: datetime, lines: tuple[Phrase, ...], stage: Stage = Stage.RECOVERED) -> Due:
    notice = Notice(
        told.subject,
        stage,
        told.severity,
        now,
        titled(stage, told.severity, told.title),
        lines,
        villages=told.villages,
        incident=told.incident,
        area=told.area,
    )
    return replace(told, open=False, at=now), notice
