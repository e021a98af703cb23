"""The settlement period so far: repair clocks, points and money. Part of the oracle: it imports nothing of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.months.acts import month_named
from tests.months.counts import DEGRADED, DOWN, UP, US, Counts, Film, Plain, on_basis, total
from tests.months.month import Month
from tests.months.settling import Happened, deduction, score
from tests.months.wall import Mask
from tests.months.world import Span

Ticks = npt.NDArray[np.int64]


@dataclass
class Stretch:
    """A fault as its clock sees it."""

    camera: str
    start: int
    end: int | None  # None: still open
    ticks: Ticks  # the seconds on the clock
    down: int
    crowd: tuple[str, int] | None = None  # its group and first second


class Settling:
    """The settlement period so far: repair clocks, points and money."""

    def __init__(self, month: Month) -> None:
        self.month, self.world, self.agreed = month, month.world, month.agreed
        self.start, self.end = month.settle[0], month.end
        self.cameras = [camera for camera in month.settled_with if month.owes(camera, (self.start, self.end))]
        if self.start == month.start:
            self.films = month.films
        else:
            self.films = {camera: month.canvas(camera, (self.start, self.end)) for camera in self.cameras}
        # The month begins with the settlement period or lies in it: what has passed of one has passed of the other.
        self.past = max(self.start, min(self.end, self.world.story.now))
        self.known = min(self.past, self.world.story.last_entry)
        self.crowds: dict[tuple[str, int], tuple[int, list[str]]] = {}

    def settlement(self) -> Plain:
        agreed = self.agreed
        sums = self.month.sums
        if self.start != self.month.start:
            sums = {camera: Counts.of(film[: self.past - self.start]) for camera, film in self.films.items()}
        fleet = total(sums.values())
        seconds = self.month.inspections(self.start) if agreed.basis == "snapshots" else []
        looks = total(Counts.of(film[seconds]) for film in self.films.values())
        basis = on_basis(agreed.basis, fleet, looks, sums, agreed)
        online = (basis["ratio"], basis["verdict"] != "not_provable")
        intact = (fleet.intact(agreed), fleet.coverage is None or fleet.coverage >= agreed.min_coverage)
        repairs = None if agreed.repair is None else self._repairs()
        declared = self._declared()
        happened = Happened(
            online,
            intact,
            {camera: each.counted(agreed) - each.good(agreed) for camera, each in sums.items()},
            [] if repairs is None else sorted(late["camera"] for late in repairs["late"]),
            [(each["item"], each["count"]) for each in declared if len(each["steps"]) == 1],
        )
        points = None if agreed.card is None else score(agreed.card, happened)
        money = None if agreed.ladder is None else deduction(agreed.ladder, online, points, agreed.card)
        undecided = (points is not None and not points["decided"]) or (agreed.ladder is not None and money is None)
        return {
            "unit": "quarter" if agreed.quarter else "month",
            "period": [second * US for second in self.month.settle],
            "elapsed": [self.start * US, self.past * US],
            "final": self.past >= self.month.settle[1],
            "online": {"ratio": online[0], "provable": online[1]},
            "intact": {"ratio": intact[0], "provable": intact[1]},
            "repairs": repairs,
            "score": points,
            "deduction": money,
            "undecided": undecided,
            "declared": declared,
        }

    def _declared(self) -> list[Plain]:
        """What the office declared for the months of the settlement period so far."""
        found = []
        for said in self.world.acts.said:
            month = month_named(said.act.month)
            assert month is not None
            if self.start <= self.world.month(month)[0] < self.end:
                steps = [["item_declared", said.act.id, said.act.at * US, said.act.by]]
                if said.withdrawn is not None:
                    steps.append(
                        ["declaration_withdrawn", said.withdrawn.id, said.withdrawn.at * US, said.withdrawn.by]
                    )
                found.append(
                    {
                        "id": said.act.id,
                        "item": said.act.item,
                        "month": said.act.month,
                        "count": said.act.count,
                        "steps": steps,
                    }
                )
        return found

    # ------------------------------------------------------------ the clocks

    def _repairs(self) -> Plain:
        limits = self.agreed.repair
        assert limits is not None
        stretches = [stretch for camera in self.cameras for stretch in self._stretches(camera)]
        self._find_crowds(stretches)
        found = []
        for stretch in sorted(stretches, key=lambda stretch: (stretch.start, stretch.camera)):
            touches = len(stretch.ticks) and (stretch.end is None or stretch.end > self.start)
            if touches:
                found.append((stretch, self._repair(stretch)))
        met = sorted({(start, group) for stretch, _ in found if stretch.crowd for group, start in [stretch.crowd]})
        late = [
            self._late(stretch, repair)
            for stretch, repair in found
            if repair["late_from"] is not None and self.start * US <= repair["late_from"] < self.past * US
        ]
        late.sort(key=lambda each: (-each["repair"]["late_us"], each["repair"]["start"], each["camera"]))
        repairs = [repair for _, repair in found]
        return {
            "repairs": repairs,
            "crowds": [self._crowd((group, start)) for start, group in met],
            "late": late,
            "major": sum(repair["major"] for repair in repairs),
            "late_before": sum(repair["state"] == "late" for repair in repairs) - len(late),
        }

    def _repair(self, stretch: Stretch) -> Plain:
        limits = self.agreed.repair
        assert limits is not None
        major = stretch.crowd is not None
        limit = limits.major if major and limits.major is not None else limits.normal
        ran = len(stretch.ticks)
        late = ran > limit
        ended = self.known if stretch.end is None else stretch.end
        return {
            "camera_id": stretch.camera,
            "start": stretch.start * US,
            "end": None if stretch.end is None else stretch.end * US,
            "major": major,
            "limit_us": limit * US,
            "ran_us": ran * US,
            "late_from": int(stretch.ticks[limit]) * US if late else None,
            "late_us": max(0, ran - limit) * US,
            "state": "late" if late else "running" if stretch.end is None else "kept",
            "excluded_us": (stretch.down - ran) * US,
            "unobserved_us": (ended - stretch.start - stretch.down) * US,
            "crowd_from": None if stretch.crowd is None else stretch.crowd[1] * US,
        }

    def _stretches(self, camera: str) -> list[Stretch]:
        runs = [run for run in self.month.runs(camera) if run[0] < self.known]
        reads_from = self._reads_from(runs)
        found: list[list[Span]] = []
        still_open = False
        for start, end, state in runs:
            if end <= reads_from:
                continue
            if state == DOWN and still_open:
                found[-1].append((start, end))
            elif state == DOWN:
                found.append([(start, end)])
                still_open = True
            elif state in (UP, DEGRADED):
                still_open = False
        clock = self._clock(camera) if found else np.zeros(0, dtype=np.bool_)
        stretches = []
        for number, down in enumerate(found, 1):
            start, end, first = down[0][0], down[-1][1], self.world.first
            ticks = np.flatnonzero(clock[start - first : end - first]) + start
            ends = None if still_open and number == len(found) else end
            stretches.append(Stretch(camera, start, ends, ticks, sum(b - a for a, b in down)))
        return stretches

    def _reads_from(self, runs: Sequence[tuple[int, int, int]]) -> int:
        """Where the record is read from: the settlement period, earlier by the longest limit where faults can be major.

        Of a camera that was not online then, back to where it was last online.
        """
        limits = self.agreed.repair
        assert limits is not None
        reach = self.start - (max(limits.normal, limits.major or 0) if limits.major_cameras is not None else 0)
        ended = [end for start, end, state in runs if start < reach and state in (UP, DEGRADED)]
        return max(ended, default=self.world.first)

    def _clock(self, camera: str) -> Mask:
        """When the camera's clock runs: it is down, it is owed by date, and nobody agreed that nobody could work."""
        first = self.world.first
        film = self.world.film(camera)
        runs: Mask = film[: max(0, self.known - first)] == DOWN
        runs &= self.month.on_duty(camera, self.world.days_owed, (first, first + len(runs)))
        for _, _, start, end in self.stops(camera):
            runs[max(0, start - first) : max(0, end - first)] = False
        return runs

    def stops(self, camera: str) -> list[tuple[str, str, int, int]]:
        """What people laid over it: planned work, and each exclusion from its first second to the last that counts."""
        found = []
        if self.agreed.work_excludes:
            found += [("maintenance", work.id, work.start, work.end) for work in self.month.works(camera)]
        lasting: dict[str, Span] = {}
        for settle in self.world.settlements():
            for taken in self.month.granted(settle).get(camera, ()):
                if taken.counts.any():
                    plea = taken.plea
                    last = plea.end
                    if "over_cap" in taken.cuts:
                        last = taken.start + int(np.flatnonzero(taken.counts)[-1]) + 1
                    start, end = max(plea.start, settle[0]), min(last, settle[1])
                    if plea.id in lasting:
                        end = max(end, lasting[plea.id][1])
                    lasting[plea.id] = (start, end)
        return found + [("exclusion", name, *span) for name, span in lasting.items()]

    def _late(self, stretch: Stretch, repair: Plain) -> Plain:
        lasted = (stretch.start, self.known if stretch.end is None else stretch.end)
        stops = [
            {"kind": kind, "id": name, "us": (min(end, lasted[1]) - max(start, lasted[0])) * US}
            for kind, name, start, end in self.stops(stretch.camera)
            if start < lasted[1] and end > lasted[0]
        ]
        return {
            "camera": stretch.camera,
            "repair": repair,
            "crowd": None if stretch.crowd is None else self._crowd(stretch.crowd),
            "stops": sorted(stops, key=lambda stop: (stop["kind"], stop["id"])),
        }

    # ------------------------------------------------------------ crowds

    def _group_of(self, camera: str) -> str | None:
        limits, words = self.agreed.repair, self.month.words[camera]
        assert limits is not None
        match limits.within:
            case "contract":
                return ""
            case "village":
                return words.village
            case "uplink":
                return words.uplink or None
            case _:
                return words.recorder or None

    def _find_crowds(self, stretches: Sequence[Stretch]) -> None:
        """When so many of a group were down at once, and whose fault that made major."""
        limits = self.agreed.repair
        assert limits is not None
        if limits.major_cameras is None or not stretches:
            return
        low = min(stretch.start for stretch in stretches)
        for group in sorted({name for stretch in stretches if (name := self._group_of(stretch.camera)) is not None}):
            its = [stretch for stretch in stretches if self._group_of(stretch.camera) == group]
            down: Film = np.zeros(max(1, self.known - low + 1), dtype=np.int8)
            for stretch in its:
                down[stretch.ticks - low] += 1
            crowded: Mask = down >= limits.major_cameras
            begins = np.flatnonzero(crowded[1:] & ~crowded[:-1]) + 1
            if crowded[0]:
                begins = np.concatenate([[0], begins])
            for stretch in its:
                early = stretch.ticks[: limits.normal] - low
                hit = early[crowded[early]]
                if len(hit):
                    begin = int(begins[np.searchsorted(begins, hit[0], side="right") - 1])
                    end = begin + int(np.argmin(crowded[begin:]))
                    there = {each.camera for each in its if (each.ticks == begin + low).any()}
                    stretch.crowd = (group, begin + low)
                    self.crowds[stretch.crowd] = (end + low, sorted(there))

    def _crowd(self, key: tuple[str, int]) -> Plain:
        end, cameras = self.crowds[key]
        return {"group": key[0], "span": [key[1] * US, end * US], "camera_ids": cameras}
