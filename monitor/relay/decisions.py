"""What is due on which channel, in steps of a few milliseconds: a storm has thousands of notices, and probing goes on.

Everything here is a generator that yields between two steps and returns what is due. What it reads must not change
meanwhile: whoever runs it lets nobody else decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.alerting import (
    AUDIENCE,
    BLIND_SPOT,
    MONITOR_BLIND,
    OFFICE,
    Alert,
    Area,
    Facts,
    Left,
    Record,
    Severity,
    Storm,
    Told,
    Where,
    blind_line,
    call_for,
    due_of_alert,
    due_of_incident,
    is_about_area,
    is_seen_over,
    lasts,
    leaves,
    over,
    over_alert,
    site_line,
)
from monitor.alerting import Due as Said
from monitor.incidents import BlindSpot, Incident, Origin, Rules
from monitor.notify import Held
from monitor.relay.desk import Due
from monitor.relay.embedded import Look
from monitor.relay.known import Known
from monitor.settings import AlertPath, AlertSettings

CAMERA_DOWN = "SharpEyesCameraDown"  # of config/prometheus; whatever else is wrong with a camera is another story
STEP = 5  # subjects judged before others have their turn
BLOCK = 500  # incidents counted before that

NOTHING = Record({}, {}, {}, blind=False)  # where nobody asks for it

Steps = Generator[None, None, list[Due]]
Judge = Callable[[Told | None], Said | None]


class Decisions:
    """What follows from what is known at one instant and from what the channels were told."""

    def __init__(
        self,
        settings: AlertSettings,
        told: Mapping[tuple[str, str], Told],
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._settings = settings
        self._told = told
        self._now = now
        self._zone = zone

    def of_open(self, facts: Mapping[str, Facts], waiting: Collection[str] = ()) -> Steps:
        """What is due of open incidents; of those that are ``waiting`` only whoever knows them hears."""
        found: list[Due] = []
        called = self._called_for()
        embedded = self._settings.path is AlertPath.EMBEDDED
        for nth, (incident_id, each) in enumerate(facts.items(), 1):
            channels = self._audience(each) if embedded else called.get(incident_id, [])
            if incident_id in waiting:
                channels = [channel for channel in channels if self._knows(channel, incident_id)]
            found += self._judged(channels, incident_id, self._judge(each))
            if nth % STEP == 0:
                yield
        return found

    def of_closed(self, facts: Mapping[str, Facts], known: Known) -> Steps:
        """What is due of all incidents that were told and are not open any more."""
        closed: dict[str, list[str]] = {}
        for (channel, subject), told in self._told.items():
            if told.open and told.incident and subject not in facts:
                closed.setdefault(subject, []).append(channel)
        if not closed:
            return []
        ended, found = known.ended(), list[Due]()
        for nth, (subject, channels) in enumerate(closed.items(), 1):
            end = ended.get(subject)
            its = {*end.affected_ids, *end.parted_ids} if end is not None else set()
            found += self._judged(channels, subject, self._judge_end(end, known.left(its), known.rules))
            if nth % STEP == 0:
                yield
        return found

    def of_alerts(
        self, alerts: Sequence[Alert], channels: Sequence[str], facts: Mapping[str, Facts], known: Known
    ) -> Steps:
        """What is due because Alertmanager called. Of an incident, only the record says how it stands.

        One that is not open there is over, or a part of another, and Prometheus is a little behind. That another alert
        is "resolved" is no news unless the monitor sees it.
        """
        found: list[Due] = []
        areas = any(is_about_area(alert.subject) for alert in alerts)
        record = (yield from self.record(facts, known)) if areas else NOTHING
        dark = (yield from known.dark_sites()) if any(alert.name == BLIND_SPOT for alert in alerts) else ()
        spots = {(*spot.site.place, spot.site.name): spot for spot in dark}
        unwatched = record.unwatched
        reached = self._settings.reached(channels)
        seen: set[str] = set()  # several alerts may be about one incident, which is told once
        for nth, alert in enumerate(alerts, 1):
            subject = self._incident(alert, known.incident_of) or alert.subject
            if subject not in seen and (subject in facts or not alert.incident):
                seen.add(subject)
                storm = record.storms.get(alert.area) if alert.area else None
                if alert.firing:
                    told = self._by_the_record(alert, unwatched, spots.get((*alert.place, alert.site)))
                    found += self._of_alert(told, channels, facts.get(subject), storm)
                elif is_seen_over(alert, record):
                    open_ = sorted(channel for channel in reached if self._knows(channel, subject))
                    found += [self._over(channel, subject, self._now, record) for channel in open_]
            if nth % STEP == 0:
                yield
        return found

    def _by_the_record(self, alert: Alert, unwatched: Mapping[str, int], spot: BlindSpot | None) -> Alert:
        """In the record's words and numbers, where it is about a site it knows, or about its own blindness."""
        county = alert.place[0]
        if alert.name == MONITOR_BLIND and county in unwatched:
            return replace(alert, description=(blind_line(county, unwatched[county]),))
        if alert.name == BLIND_SPOT and spot is not None:
            return replace(alert, description=(site_line(spot, self._now),))
        return alert

    def of_areas(self, look: Look) -> Steps:
        """What is due of storms, dark places and blindness where no Alertmanager calls for them."""
        found: list[Due] = []
        on_call, office = self._channels(AUDIENCE[Severity.CRITICAL]), self._channels(self._office())
        for nth, alert in enumerate(look.alerts, 1):
            channels = office if alert.name == BLIND_SPOT else on_call
            storm = look.record.storms.get(alert.area) if alert.area else None
            found += self._of_alert(alert, channels, None, storm)
            if nth % STEP == 0:
                yield
        for channel, subject, _ in self.open_areas():
            if subject not in look.firing:
                found.append(self._over(channel, subject, self._now, look.record))
        return found

    def open_areas(self) -> list[tuple[str, str, Where]]:
        """Channels, and of these alerts those that each knows and that are not over."""
        return [(*key, told.where) for key, told in self._told.items() if told.open and is_about_area(key[1])]

    def of_strangers(self) -> list[Due]:
        """What only Alertmanager knows has no end where nobody asks it: it stands open no more, and nothing is said."""
        return [
            (channel, replace(told, open=False), None)
            for (channel, subject), told in self._told.items()
            if told.open and not told.incident and not is_about_area(subject)
        ]

    def may_have_ended(self, held: Held, record: Record) -> set[str]:
        """The open alerts of which their absence from what Alertmanager holds tells something."""
        return {
            subject
            for (_, subject), told in self._told.items()
            if told.open and not told.incident and held.proves(told.where[0]) and not lasts(subject, told.where, record)
        }

    def of_ended(self, ended: Mapping[str, datetime], channels: Sequence[str], record: Record) -> Steps:
        """What is due of alerts that have ended: by subject, and when that was; also where a fallback told of them."""
        reached = self._settings.reached(channels)
        open_ = [key for key, told in self._told.items() if told.open and key[0] in reached and key[1] in ended]
        found: list[Due] = []
        for nth, (channel, subject) in enumerate(open_, 1):
            found.append(self._over(channel, subject, ended[subject], record))
            if nth % STEP == 0:
                yield
        return found

    def _over(self, channel: str, subject: str, ended_at: datetime, record: Record) -> Due:
        told = self._told[channel, subject]
        left = leaves(subject, told.where, record)
        return channel, *over_alert(told, left, ended_at, self._now, self._zone)

    def record(self, facts: Mapping[str, Facts], known: Known) -> Generator[None, None, Record]:
        """What the record says of places, in steps."""
        villages = yield from known.villages()
        storms = yield from self._storms(facts)
        sites = yield from known.sites()
        return Record(villages, storms, sites, known.blind)

    @staticmethod
    def _storms(facts: Mapping[str, Facts]) -> Generator[None, None, dict[Area, Storm]]:
        """By town, what the rule about storms counts: cameras alone, settled; apart from them those at planned work."""
        villages: dict[Area, list[str]] = {}
        planned = Counter[Area]()
        for nth, each in enumerate(facts.values(), 1):
            incident = each.figures.incident
            if incident.suspect.origin is Origin.CAMERA and incident.settled:
                for camera in each.cameras:
                    area = camera.site.place[:2]
                    its = villages.setdefault(area, [])
                    if each.planned:
                        planned[area] += 1
                    else:
                        its.append(camera.site.village)
            if nth % BLOCK == 0:
                yield
        return {area: Storm(len(its), tuple(sorted({*its} - {""})), planned[area]) for area, its in villages.items()}

    @staticmethod
    def _incident(alert: Alert, incident_of: Callable[[str], str | None]) -> str | None:
        """The incident the alert is about. Only that of a camera's outage may name the camera instead."""
        return alert.incident or (incident_of(alert.camera_id) if alert.name == CAMERA_DOWN else None)

    def _of_alert(self, alert: Alert, channels: Sequence[str], facts: Facts | None, storm: Storm | None) -> list[Due]:
        if facts is None:
            return self._judged(
                channels,
                alert.subject,
                lambda told: due_of_alert(told, alert, storm, self._now, self._settings.patience),
            )
        incident_id = facts.figures.incident.id
        found = self._judged(channels, incident_id, self._judge(facts))
        said = {channel for channel, _, _ in found}
        silent = [channel for channel in channels if channel not in said and not self._heard(channel, incident_id)]
        return [*found, *((channel, call_for(facts, self._now), None) for channel in silent)]

    def _judge(self, facts: Facts) -> Judge:
        return lambda told: due_of_incident(told, facts, self._now, self._settings.patience, self._zone)

    def _judge_end(self, ended: Incident | None, left: Left, rules: Rules) -> Judge:
        def judge(told: Told | None) -> Said | None:
            return None if told is None else over(told, ended, left, self._now, rules, self._zone)

        return judge

    def _judged(self, channels: Sequence[str], subject: str, judge: Judge) -> list[Due]:
        """Channels that know the same are told the same, and it is made once."""
        made: dict[Told | None, Said | None] = {}
        found: list[Due] = []
        for channel in channels:
            told = self._told.get((channel, subject))
            if told not in made:
                made[told] = judge(told)
            due = made[told]
            if due is not None:
                found.append((channel, *due))
        return found

    def _knows(self, channel: str, subject: str) -> bool:
        told = self._told.get((channel, subject))
        return told is not None and told.open

    def _heard(self, channel: str, subject: str) -> bool:
        """Whether the channel was told of it, or will be as soon as it may."""
        told = self._told.get((channel, subject))
        return told is not None and (told.open or told.called)

    def _audience(self, facts: Facts) -> list[str]:
        """The channels that are to know of the incident where no Alertmanager says it.

        As by the rules, a camera alone that is in no contract is told to nobody.
        """
        origin, clock = facts.figures.incident.suspect.origin, facts.figures.clock
        if origin is Origin.CAMERA and not any(one.in_contract for one in facts.cameras):
            return []
        receivers, late = AUDIENCE[facts.figures.severity], clock is not None and clock.late_cameras > 0
        if late or (clock is not None and clock.near):
            receivers += AUDIENCE[Severity.WARNING]  # a limit is a ticket, too
        if late or origin is Origin.INVENTORY:
            receivers += self._office()  # the contract is its business
        return self._channels(receivers)

    def _office(self) -> tuple[str, ...]:
        """The office, in its hours."""
        return (OFFICE,) if self._settings.office_hours.covers(self._now.astimezone(self._zone)) else ()

    def _channels(self, receivers: Sequence[str]) -> list[str]:
        names = [channel for receiver in receivers for channel in self._settings.receivers.get(receiver, ())]
        return list(dict.fromkeys(names))

    def _called_for(self) -> dict[str, list[str]]:
        """By incident, the channels Alertmanager has called for when nothing could be told yet."""
        found: dict[str, list[str]] = {}
        for (channel, subject), told in self._told.items():
            if told.called:
                found.setdefault(subject, []).append(channel)
        return found
