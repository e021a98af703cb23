"""Every figure of a month's report by the most tedious way there is: a canvas with one cell for each second.

Written from the rules' text (docs/decisions, docs/glossary.md), and it imports nothing of the program. It does not add
or subtract spans: it paints what the record believes, paints over it what people took out, wipes what is not owed, and
then counts cells. The result is plain: the names of a report's fields, sums in microseconds, rates as fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from tests.months.clocks import Settling
from tests.months.counts import (
    DOWN,
    KINDS,
    NOTHING,
    UNOBSERVED,
    US,
    Counts,
    Plain,
    Repairs,
    on_basis,
    worst,
)
from tests.months.counts import (
    total as total_of,
)
from tests.months.month import Month
from tests.months.story import Story, Wording
from tests.months.void import void
from tests.months.wall import DAY
from tests.months.world import World, covers, months_before

BASES = ("fleet_seconds", "camera_pass_share", "snapshots")
CUTS = (
    "not_accepted",
    "undecided",
    "rejected",
    "withdrawn",
    "own_approval",
    "planned_work",
    "earlier_exclusion",
    "over_cap",
)


def figures(story: Story) -> Plain:
    """The report of the story's month."""
    return Figures(Month(World(story), story.month)).report()


class Figures:
    """What is told of a month."""

    def __init__(self, month: Month) -> None:
        self.of, self.agreed = month, month.agreed

    def report(self) -> Plain:
        agreed = self.agreed
        figures = {camera: self._camera(camera) for camera in self.of.cameras}
        total = self._group("town", "清河镇", "清河镇", self.of.cameras)
        fleet = total_of(self.of.sums.values())
        looks = total_of(self.of.looks[camera] for camera in self.of.cameras)
        bases = self._bases(self.of.sums, looks)
        verdict = next(basis["verdict"] for basis in bases if basis["contractual"])
        opposite = {"met": "missed", "missed": "met"}.get(verdict)
        ranked = sorted(self.of.cameras, key=lambda camera: (*worst(figures[camera]["rates"]), camera))
        outages = [outage for camera in self.of.cameras for outage in self.of.outages[camera]]
        outages.sort(key=lambda outage: (-outage["counted_us"], outage["start"], outage["camera"]))
        to_come = {camera: self._to_come(camera) for camera in self.of.cameras}
        return {
            "year": self.of.month[0],
            "month": self.of.month[1],
            "period": [self.of.start * US, self.of.end * US],
            "elapsed": [self.of.start * US, self.of.past * US],
            "complete": self.of.past >= self.of.end,
            "verdict": verdict,
            "intact_verdict": self._intact_verdict(fleet),
            "bases": bases,
            "raw": self._raw(),
            "flips": [basis["basis"] for basis in bases if basis["verdict"] == opposite],
            "total": total,
            "villages": self._groups("village", lambda words: words.village),
            "carriers": self._groups("carrier", lambda words: words.carrier),
            "categories": self._groups("category", lambda words: words.category),
            "sites": self._groups("site", lambda words: words.site, lambda site: f"{site}部位"),
            "recorders": self._groups("recorder", lambda words: words.recorder),
            "cameras": [figures[camera] for camera in ranked],
            "below_target": [camera for camera in ranked if figures[camera]["below_target"]],
            "outside_contract": [
                camera
                for camera in self.of.in_scope
                if not self.of.words[camera].in_contract and self.of.owes(camera, (self.of.start, self.of.end))
            ],
            "outages": outages,
            "maintenance": self._maintenance(),
            "exclusions": self._exclusions(),
            "changes": self._changes(),
            "forecast": self._forecast(fleet, to_come) if self.of.past < self.of.end else None,
            "budget": self._budget(fleet, sum(to_come.values())),
            "timelines": [self._timeline(camera) for camera in ranked],
            "settlement": Settling(self.of).settlement() if agreed.repair or agreed.card or agreed.ladder else None,
            "trend": self._trend(),
            "void": void(self.of.world.acts, self.of.month, (self.of.start, self.of.end)),
        }

    def _bases(self, cameras: dict[str, Counts], looks: Counts) -> list[Plain]:
        fleet = total_of(cameras.values())
        return [on_basis(basis, fleet, looks, cameras, self.agreed) for basis in BASES]

    def _raw(self) -> list[Plain]:
        """The three bases with nothing excluded."""
        sums, looks, seconds = {}, Counts(), self.of.inspections(self.of.start)
        for camera in self.of.cameras:
            film = self.of.bare(camera)
            sums[camera] = Counts.of(film[: self.of.past - self.of.start])
            looks = looks.plus(Counts.of(film[seconds]))
        return self._bases(sums, looks)

    def _camera(self, camera: str) -> Plain:
        seconds, removed = self.of.sums[camera], self.of.removed[camera]
        rates = seconds.rates(self.agreed)
        return {
            "camera": camera,
            "removed_at": None if removed is None else removed * US,
            "seconds": seconds.plain(US),
            "rates": rates,
            "looks": self.of.looks[camera].plain(1),
            "outages": len(self.of.outages[camera]),
            "below_target": rates["online"] is not None and rates["online"] < self.agreed.target,
            "reliability": self.of.repairs[camera].plain(),
        }

    def _group(self, kind: str, group_id: str, name: str, cameras: Sequence[str]) -> Plain:
        seconds = total_of(self.of.sums[camera] for camera in cameras)
        repairs = Repairs()
        for camera in cameras:
            repairs = repairs.plus(self.of.repairs[camera])
        return {
            "kind": kind,
            "id": group_id,
            "name": name,
            "cameras": len(cameras),
            "seconds": seconds.plain(US),
            "rates": seconds.rates(self.agreed),
            "reliability": repairs.plain(),
        }

    def _groups(self, kind: str, key: Callable[[Wording], str], name: Callable[[str], str] = str) -> list[Plain]:
        names = sorted({key(self.of.words[camera]) for camera in self.of.cameras} - {""})
        groups = [
            self._group(kind, each, name(each), [c for c in self.of.cameras if key(self.of.words[c]) == each])
            for each in names
        ]
        return sorted(groups, key=lambda group: (*worst(group["rates"]), group["id"]))

    def _intact_verdict(self, fleet: Counts) -> str | None:
        """As for the online rate, of a camera that counts as down while its picture is faulty."""
        if self.agreed.intact_target is None:
            return None
        strict = Counts(fleet.up, 0, fleet.down + fleet.degraded, fleet.excluded, fleet.unobserved)
        return strict.verdict(self.agreed, self.agreed.intact_target)

    # ------------------------------------------------------------ what is to come

    def _to_come(self, camera: str) -> int:
        return int(np.count_nonzero(self.of.films[camera][self.of.past - self.of.start :] == UNOBSERVED))

    def _forecast(self, fleet: Counts, to_come: dict[str, int]) -> Plain:
        agreed, standing, last_day = self.agreed, 0, Counts()
        for camera in self.of.cameras:
            runs = self.of.runs(camera) if self.of.known > self.of.start else []
            if runs and runs[-1][2] == DOWN:
                continue
            standing += to_come[camera]
            now = self.of.past - self.of.start
            last_day = last_day.plus(Counts.of(self.of.films[camera][max(0, now - DAY) : now]))
        watched = last_day.up + last_day.degraded + last_day.down
        rate = Fraction(last_day.up + last_day.degraded, watched) if watched else Fraction(1)
        kept, rest = fleet.good(agreed), sum(to_come.values())
        whole = fleet.counted(agreed) + rest
        left = self._allowed(fleet, rest) - (fleet.counted(agreed) - kept) * US
        return {
            "landing": (kept + standing * rate) / whole if whole else None,
            "best": Fraction(kept + rest, whole) if whole else None,
            "budget_left_us": max(0, min(left, rest * US)),
        }

    def _allowed(self, fleet: Counts, rest: int) -> int:
        return int((1 - self.agreed.target) * (fleet.counted(self.agreed) + rest) * US)

    def _budget(self, fleet: Counts, rest: int) -> Plain:
        allowed = self._allowed(fleet, rest)
        used = (fleet.counted(self.agreed) - fleet.good(self.agreed)) * US
        return {"allowed_us": allowed, "used_us": used, "left_us": allowed - used}

    # ------------------------------------------------------------ what happened

    def _maintenance(self) -> list[Plain]:
        found = []
        for work in self.of.world.acts.works:
            if work.start >= self.of.end or work.end <= self.of.start:
                continue
            covered = [camera for camera in self.of.cameras if covers(work.reach, camera, self.of.words[camera])]
            a, b = max(0, work.start - self.of.start), work.end - self.of.start
            month = self.of.start, self.of.end
            taken = sum(int(np.count_nonzero(self.of.owed(camera, month)[a:b])) for camera in covered)
            found.append(
                {
                    "maintenance": [work.id, work.start * US, work.end * US],
                    "cameras": len(covered),
                    "excluded_us": taken * US if self.agreed.work_excludes else 0,
                }
            )
        return found

    def _exclusions(self) -> list[Plain]:
        found = []
        granted = self.of.granted(self.of.settle)
        for plea in sorted(self.of.world.acts.pleas, key=lambda plea: plea.start):
            if plea.start >= self.of.end or plea.end <= self.of.start:
                continue
            its = [taken for each in granted.values() for taken in each if taken.plea is plea]
            inside = sum(taken.within(self.of.start, self.of.end) for taken in its)
            cuts = {why: sum(taken.cuts.get(why, 0) for taken in its) for why in CUTS}
            found.append(
                {
                    "exclusion": [plea.id, plea.cause, plea.start * US, plea.end * US, plea.state],
                    "steps": [[f"exclusion_{what}", deed, at * US, by] for what, deed, at, by in plea.steps],
                    "cameras": len(its),
                    "excluded_us": inside * US,
                    "cuts": [[why, seconds * US] for why, seconds in cuts.items() if seconds],
                }
            )
        return found

    def _changes(self) -> list[Plain]:
        found = []
        for change in self.of.world.changes:
            worded = [words for words in (change.before, change.after) if words is not None]
            ours = any(covers(self.agreed.reach, change.camera, words) for words in worded)
            if not ours or not self.of.start <= change.at < self.of.end:
                continue
            kind = "added" if change.before is None else "removed" if change.after is None else "changed"
            fields: list[list[str]] = []
            if change.before is not None and change.after is not None:
                old, new = _texts(change.before), _texts(change.after)
                fields = [[name, old[name], new[name]] for name in old if old[name] != new[name]]
            found.append(
                {
                    "at": change.at * US,
                    "camera_id": change.camera,
                    "name": f"{change.camera}号",
                    "kind": kind,
                    "fields": sorted(fields),
                }
            )
        return found

    def _timeline(self, camera: str) -> Plain:
        film = self.of.films[camera][: self.of.past - self.of.start]
        edges = [0, *(np.flatnonzero(film[1:] != film[:-1]) + 1).tolist(), len(film)]
        spans = [
            [[(a + self.of.start) * US, (b + self.of.start) * US], KINDS[int(film[a])]]
            for a, b in pairwise(edges)
            if a < b and film[a] != NOTHING
        ]
        days = [day.plain(US) for day in self.of.days[camera]]
        return {"camera_id": camera, "spans": spans, "days": days}

    def _trend(self) -> list[Plain]:
        months, month = [], self.of.month
        for _ in range(11):
            month = months_before(month, 1)
            if self.of.world.month(month)[1] <= self.of.world.first:
                break
            months.append(Month(self.of.world.as_closed(month), month))
        found = [own_trend(each) for each in reversed(months) if each.cameras]
        return [*found, own_trend(self.of)]


def own_trend(month: Month) -> Plain:
    agreed, seconds = month.agreed, total_of(month.sums.values())
    rated = [rate for each in month.sums.values() if (rate := each.online(agreed)) is not None]
    return {
        "year": month.month[0],
        "month": month.month[1],
        "cameras": len(month.cameras),
        "passing": sum(rate >= agreed.target for rate in rated),
        "rated": len(rated),
        "seconds": seconds.plain(US),
        "rates": seconds.rates(agreed),
    }


def _texts(words: Wording) -> dict[str, str]:
    """As the report prints a camera's fields."""
    return {
        "carrier": words.carrier,
        "uplink": words.uplink,
        "recorder": words.recorder,
        "in_contract": str(words.in_contract),
        "in_service_from": "" if words.first_day is None else str(words.first_day),
        "in_service_to": "" if words.last_day is None else str(words.last_day),
        "site.id": words.site,
        "site.name": f"{words.site}部位",
        "site.category": words.category,
        "site.village": words.village,
    }
