"""Random months. The same seed gives the same story; borders, round hours, odd days are drawn on purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from tests.months.story import (
    Act,
    Agreement,
    Cancelled,
    Card,
    Closed,
    Confirmed,
    Corrected,
    Decided,
    Declared,
    Ladder,
    Limits,
    Line,
    Listed,
    Move,
    Planned,
    Proposed,
    Reach,
    Repeated,
    Rule,
    Story,
    TakenBack,
    Wording,
)

HOUR, DAY = 3600, 86_400
# Months in which something is odd: clocks go forward or back, also at midnight or over the month's first hour, a day is
# skipped, February has 29 days, the year ends.
ODD_MONTHS = (
    ("Europe/Berlin", 2026, 3),
    ("Europe/Berlin", 2025, 10),
    ("Europe/Berlin", 2024, 3),
    ("America/New_York", 2026, 3),
    ("America/New_York", 2026, 11),
    ("America/New_York", 2024, 2),
    ("Australia/Lord_Howe", 2026, 4),
    ("Australia/Lord_Howe", 2025, 10),
    ("Australia/Lord_Howe", 2024, 2),
    ("Africa/Casablanca", 2025, 3),
    ("Africa/Casablanca", 2026, 2),
    ("Africa/Casablanca", 2024, 4),
    ("America/Sao_Paulo", 2018, 11),
    ("America/Sao_Paulo", 2018, 2),
    ("America/Sao_Paulo", 2012, 2),
    ("America/Asuncion", 2017, 10),
    ("America/Asuncion", 2018, 3),
    ("America/Havana", 2020, 11),
    ("America/Havana", 2021, 3),
    ("Asia/Beirut", 2021, 3),
    ("Asia/Beirut", 2021, 10),
    ("Pacific/Apia", 2011, 12),
    ("Pacific/Apia", 2012, 4),
    ("Asia/Shanghai", 2024, 2),
    ("Asia/Shanghai", 2026, 12),
    ("Asia/Shanghai", 2026, 1),
    ("Asia/Shanghai", 1988, 4),
    ("Asia/Shanghai", 1988, 9),
    ("Asia/Kolkata", 2028, 2),
)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
DOWN_CAUSES = ("tcp_timeout", "no_reply", "no_media", "dns_failed")
UNKNOWN_CAUSES = ("not_watched", "monitor_stopped", "monitor_blind")
CAUSES = ("power", "carrier_line", "construction", "demolition", "force_majeure", "office_request", "other")
PARTIES = ("vendor", "office")
CATEGORIES = ("public_area", "street", "junction", "water", "school", "old_building", "other")
# A share of whole minutes is whole seconds when its denominator divides 60.
SHARES = (Fraction(1, 60), Fraction(1, 20), Fraction(1, 10), Fraction(1, 4))


def drawn(seed: int) -> Story:
    """The story of a seed."""
    return _Drawing(seed).story()


class _Drawing:
    def __init__(self, seed: int) -> None:
        self.seed, self.random = seed, Random(seed)
        if self.chance(0.55):
            zone, year, number = self.random.choice(ODD_MONTHS)
        else:
            zone, year, number = self.random.choice(ZONES), self.random.randint(2010, 2034), self.random.randint(1, 12)
        self.zone, self.month = ZoneInfo(zone), (year, number)
        following = date(year + number // 12, number % 12 + 1, 1)
        self.start, self.end = self.midnight(date(year, number, 1)), self.midnight(following)
        self.agreement = self.agreed(zone)
        # Shares of owed time stay whole seconds only where nothing owed begins or ends within a minute.
        self.grain = 60 if any(rule.cap_share is not None for rule in self.agreement.causes.values()) else 1
        far = self.random.choice((100, 75, 40, 40)) * DAY if self.chance(0.2) else 4 * DAY
        self.early = self.start - self.random.randint(HOUR, far)
        self.now = self.end + self.random.randint(0, 5 * DAY)
        if self.chance(0.3):
            self.now = self.random.randint(self.start + 1, self.end)
        self.last_entry = self.now - self.random.choice((0, 1, 60, self.random.randint(0, 3 * HOUR)))
        if self.chance(0.15):
            self.last_entry = min(self.now, self.random.randint(self.start - DAY, self.end))
        many = (1, 2, 2, 3) if far > 4 * DAY or self.agreement.quarter else (1, 2, 2, 3, 3, 4, 5, 6)
        self.cameras = [f"c{number}" for number in range(1, self.random.choice(many) + 1)]
        self.inventory: list[Listed] = []
        self.moves: list[Move] = []
        self.acts: list[Act] = []

    # ------------------------------------------------------------ dice

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def midnight(self, day: date) -> int:
        """About when the day begins; where that is doubtful, the oracle and the program say exactly."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp())

    def day(self, low: int = -3, high: int = 33) -> date:
        return date(*self.month, 1) + timedelta(days=self.random.randint(low, high))

    def second(self, low: int, high: int) -> int:
        """An instant in ``[low, high]``, often a border: the month's, an hour, midnight, a change of clocks."""
        if low >= high:
            return low
        found = self.random.randint(low, high)
        match self.random.randrange(12):
            case 0:
                found = self.random.choice((self.start, self.end)) + self.random.choice((-1, 0, 0, 0, 1))
            case 1 | 2:
                found -= found % HOUR
            case 3:
                found = self.midnight(datetime.fromtimestamp(found, UTC).date()) + self.random.choice((-1, 0, 0, 1))
            case 4:
                found = self.now + self.random.choice((-DAY, -1, 0))
            case 5 if self.agreement.repair is not None:  # a limit that is passed in the first second, or in none
                found = self.random.choice((self.start, self.end)) - self.agreement.repair.normal
            case _:
                pass
        return min(max(found, low), high)

    def length(self) -> int:
        """Of something that lasts: seconds to days."""
        match self.random.randrange(6):
            case 0:
                return self.random.randint(1, 120)
            case 1:
                return self.random.choice((HOUR, 8 * HOUR, DAY, 7 * DAY, 7 * DAY + 1))
            case 2:
                return self.random.randint(DAY, 10 * DAY)
            case _:
                return self.random.randint(60, 30 * HOUR)

    def grained(self, second: int) -> int:
        return second - second % self.grain

    # ------------------------------------------------------------ the contract

    def agreed(self, zone: str) -> Agreement:
        random = self.random
        repair, card, ladder = self.settled()
        target = random.choice(
            (Fraction(95, 100), Fraction(98, 100), Fraction(1, 2), Fraction(997, 1000), Fraction(2, 3))
        )
        return Agreement(
            zone=zone,
            target=target,
            intact_target=random.choice((None, Fraction(98, 100), Fraction(3, 7))),
            min_coverage=random.choice((Fraction(95, 100), Fraction(1, 2), Fraction(0), Fraction(3, 10))),
            basis=random.choice(("fleet_seconds", "camera_pass_share", "snapshots")),
            blind=random.choice(("excluded", "down", "up")),
            hours=self.hours(),
            looks=tuple(sorted(random.sample(range(0, 1440, 15), random.randint(1, 4))))
            if self.chance(0.6)
            else (150, 540, 1320),
            work_excludes=self.chance(0.8),
            first_day=self.day() if self.chance(0.08) else None,
            last_day=self.day(20, 40) if self.chance(0.08) else None,
            quarter=self.chance(0.12),
            reach=self.reach(0.08),
            causes={cause: self.rule() for cause in CAUSES if self.chance(0.8 if cause in CAUSES[:2] else 0.4)},
            repair=repair,
            card=card,
            ladder=ladder,
        )

    def hours(self) -> tuple[tuple[int, int], ...]:
        match self.random.randrange(6):
            case 0 | 1:
                return ((0, 0),)
            case 2:
                return ((8 * 60, 18 * 60),)
            case 3:
                return ((self.random.randrange(1080, 1430, 10), self.random.randrange(10, 400, 5)),)
            case 4:  # what of it clocks that change skip or repeat
                return ((0, 90), (120, 165), (180, 24 * 60 - 30), (24 * 60 - 30, 0))[: self.random.randint(1, 4)]
            case _:
                return ((9 * 60, 12 * 60), (22 * 60, 2 * 60 + 30))

    def rule(self) -> Rule:
        share = self.random.choice(SHARES) if self.chance(0.25) else None
        cap = self.random.choice((HOUR, 8 * HOUR, 2 * DAY)) if self.chance(0.6) else None
        if self.chance(0.1):
            return Rule(accepted=False)
        return Rule(True, self.chance(0.7), cap, share)

    def settled(self) -> tuple[Limits | None, Card | None, Ladder | None]:
        if self.chance(0.25):
            return None, None, None
        repair = self.limits() if self.chance(0.85) else None
        card = self.card(repair is not None) if self.chance(0.75) else None
        return repair, card, self.ladder(card is not None) if self.chance(0.7) else None

    def limits(self) -> Limits:
        normal = self.random.choice((600, HOUR, 8 * HOUR, DAY, 2 * DAY))
        if self.chance(0.4):
            return Limits(normal)
        major = self.random.choice((normal, 2 * normal, normal + 1))
        within = self.random.choice(("contract", "village", "uplink", "recorder"))
        return Limits(normal, major, self.random.choice((2, 2, 3)), within)

    def card(self, repair: bool) -> Card:
        random = self.random
        cap = random.choice((None, Decimal(3), Decimal("7.5")))
        steps = ((Fraction(98, 100), Decimal("2.5")), (Fraction(95, 100), Decimal(5)), (Fraction(4, 5), Decimal(30)))
        lines = [
            Line("online", "online_rate", steps=steps, cap=random.choice((None, Decimal(20)))),
            Line("intact", "intact_rate", steps=steps[1:]),
            Line("faults", "camera_fault", Decimal("0.50"), over=random.choice((0, HOUR, 8 * HOUR)), cap=cap),
            Line("falsified", "declared", Decimal(3), cap=cap),
            Line("missing", "missing_report", Decimal("1.5")),
        ]
        if repair:
            lines.append(Line("late", "late_repair", Decimal(2), cap=random.choice((None, Decimal(5)))))
        random.shuffle(lines)
        floor = random.choice((Decimal(0), Decimal(0), Decimal(60), Decimal(95)))
        return Card(tuple(lines[: random.randint(1, 6)]), Decimal(100), floor, random.choice((None, Decimal(95))))

    def ladder(self, card: bool) -> Ladder:
        fee = self.random.choice((Decimal("30000.00"), Decimal("9999.97"), Decimal("0.07")))
        if card and self.chance(0.6):
            if self.chance(0.5):
                return Ladder(
                    fee, "points", per_point=self.random.choice((Fraction(1, 100), Fraction(1, 7), Fraction(7, 1000)))
                )
            return Ladder(fee, "points", ((Fraction(95), Fraction(1, 30), None), (Fraction(80), Fraction(1, 3), None)))
        low = (Fraction(4, 5), None, fee)
        return Ladder(
            fee, "rate", ((Fraction(98, 100), Fraction(1, 37), None), (Fraction(95, 100), Fraction(1, 9), None), low)
        )

    def reach(self, narrow: float) -> Reach:
        if not self.chance(narrow):
            return Reach()
        match self.random.randrange(3):
            case 0:
                return Reach(villages=frozenset({self.random.choice(("东营村", "西营村"))}))
            case 1:
                return Reach(carriers=frozenset({self.random.choice(("移动", "电信"))}))
            case _:
                return Reach(cameras=frozenset({f"c{self.random.randint(1, 3)}", "c1"}))

    # ------------------------------------------------------------ cameras

    def story(self) -> Story:
        for camera in self.cameras:
            self.live(camera)
        storms = self.storms()
        for camera in self.cameras:
            self.move(camera, storms)
        self.gone()
        plans = self.plans()
        self.act()
        self.inventory.sort(key=lambda listed: listed.at)
        self.moves.sort(key=lambda move: move.recorded_at)
        self.acts.sort(key=lambda act: act.at)
        written = [each.at for each in self.inventory] + [each.recorded_at for each in self.moves]
        last = max([*written, *(plan.at for plan in plans), self.last_entry])
        return Story(
            self.seed,
            self.month,
            self.now,
            self.agreement,
            tuple(self.inventory),
            tuple(self.moves),
            plans,
            tuple(self.acts),
            last,
        )

    def worded(self) -> Wording:
        random = self.random
        village = random.choice(("东营村", "西营村"))
        return Wording(
            village,
            random.choice(("移动", "电信")),
            random.choice(CATEGORIES),
            f"s{random.randint(1, 3)}",
            random.choice(("", "nvr-1", "nvr-2")),
            random.choice(("", "line-1", "line-1", "line-2")),
            in_contract=not self.chance(0.06),
            first_day=self.in_service_from() if self.chance(0.35) else None,
            last_day=self.day(5, 40) if self.chance(0.1) else None,
        )

    def in_service_from(self) -> date:
        early = datetime.fromtimestamp(self.early, UTC).date()
        return max(early, self.day(-20, 12)) if self.chance(0.9) else early - timedelta(days=self.random.randint(1, 60))

    def live(self, camera: str) -> None:
        """It is added, worded anew now and then, and may vanish and come back."""
        top = self.last_entry
        added = self.grained(self.second(self.early, self.start if self.chance(0.8) else max(self.early, top)))
        words = self.worded()
        self.inventory.append(Listed(min(added, top), camera, words))
        at = added
        while self.chance(0.3):
            at = self.grained(self.second(at + self.grain, max(at + self.grain, self.now)))
            if at > top:
                return
            other = self.worded()
            words = self.random.choice(
                (
                    replace(words, village=other.village),
                    replace(words, carrier=other.carrier, recorder=other.recorder),
                    replace(words, in_contract=not words.in_contract),
                    replace(words, first_day=other.first_day, last_day=other.last_day),
                    words,
                )
            )
            self.inventory.append(Listed(at, camera, words))
        if self.chance(0.2):
            self.vanish(camera, words, at)

    def vanish(self, camera: str, words: Wording, after: int) -> None:
        gone = self.grained(self.second(max(after + self.grain, self.start - DAY), self.end))
        if gone > self.last_entry or gone <= after:
            return
        self.inventory.append(Listed(gone, camera, None))
        back = self.grained(gone + self.grain + self.length())
        if self.chance(0.5) and back <= self.last_entry:
            self.inventory.append(Listed(back, camera, words))
        else:
            back = self.last_entry + 1
        self.moves.append(Move(camera, gone, gone, "down", "removed_unconfirmed"))
        if back <= self.last_entry:
            self.moves.append(Move(camera, back, back, "up", "ok"))
        if self.chance(0.6):
            by = "office" if self.chance(0.8) else "vendor"
            at = self.second(gone, max(gone, self.now))
            self.acts.append(Confirmed(f"r{camera}", at, by, camera, gone))

    # ------------------------------------------------------------ states

    def storms(self) -> list[tuple[int, int, frozenset[str]]]:
        """Times at which many fail together."""
        found = []
        together = self.agreement.repair is not None and self.agreement.repair.major_cameras is not None
        while self.chance(0.8 if together else 0.45):
            start = self.second(self.early, self.end)
            count = self.random.randint(1, len(self.cameras))
            found.append((start, start + self.length(), frozenset(self.random.sample(self.cameras, count))))
        return found

    def move(self, camera: str, storms: list[tuple[int, int, frozenset[str]]]) -> None:
        """A course of states; what was recorded for its removal goes into it."""
        own = [move for move in self.moves if move.camera == camera]
        self.moves = [move for move in self.moves if move.camera != camera]
        begins = next(listed.at for listed in self.inventory if listed.camera == camera)
        faulty = self.random.choice((0.02, 0.1, 0.3, 0.6))
        edges: list[tuple[int, str, str]] = []
        for _ in range(self.random.choice((0, 2, 6, 15, 30))):
            edges.append((self.second(begins, max(begins, self.now)), *self.state(faulty)))
            at, lasts = edges[-1][0], self.length()
            if self.chance(0.25):
                edges.append((at + lasts // 2, "unknown", "not_watched"))
                if self.chance(0.6):
                    edges.append((at + lasts // 2 + lasts // 3, edges[-2][1], edges[-2][2]))
            if self.chance(0.7):
                edges.append((at + lasts, "up", "ok"))
        if self.chance(0.95):
            edges.append((begins + self.random.choice((0, 5, 65)), "up", "ok"))
        for start, end, cameras in storms:
            if camera in cameras:
                jitter = self.random.choice((0, 0, 1, 40))
                edges += [(start + jitter, "down", "tcp_timeout"), (end + self.random.choice((0, jitter)), "up", "ok")]
        if self.chance(0.2):  # down again a week after it came back, to the second
            again = self.second(begins + 10, max(begins + 10, self.end - 8 * DAY))
            week = again + 7 * DAY + self.random.choice((0, 1))
            edges = [edge for edge in edges if not again - 10 <= edge[0] <= again]
            edges = [edge for edge in edges if not again < edge[0] <= week + HOUR or edge[1] != "down"]
            edges += [
                (again - 10, *self.state(1)),
                (again, "up", "ok"),
                (week, *self.state(1)),
                (week + HOUR, "up", "ok"),
            ]
        edges = [edge for edge in edges if edge[0] >= begins]
        gaps = [
            (move.at, next((up.at for up in own if up.state == "up"), self.now + 1))
            for move in own
            if move.state == "down"
        ]
        edges = [edge for edge in edges if not any(start <= edge[0] < end for start, end in gaps)]
        edges += [(move.at, move.state, move.cause) for move in own]
        self.record(camera, sorted(edges, key=lambda edge: edge[0]))

    def state(self, faulty: float) -> tuple[str, str]:
        if self.chance(faulty):
            return "down", self.random.choice(DOWN_CAUSES)
        match self.random.randrange(4):
            case 0:
                return "degraded", "picture_black"
            case 1:
                return "unknown", self.random.choice(UNKNOWN_CAUSES)
            case _:
                return "up", "ok"

    def record(self, camera: str, edges: list[tuple[int, str, str]]) -> None:
        """As the monitor writes them: each a change, none before another, each recorded when it was sure.

        Two at the same instant are one: nobody has seen anything of the first. Only what is not online may last no
        time at all, because an instant online ends a fault, and no second would show it.
        """
        before, recorded = ("unknown", ""), 0
        for number, (at, state, cause) in enumerate(edges):
            following = edges[number + 1][0] if number + 1 < len(edges) else None
            if following == at and (state in ("up", "degraded") or self.chance(0.5)):
                continue
            if (state, cause) == before:
                continue
            recorded = max(recorded, at + self.random.choice((0, 0, 20, 130)))
            if cause == "removed_unconfirmed":
                recorded = max(at, recorded)
            if recorded > self.last_entry:
                return
            self.moves.append(Move(camera, at, recorded, state, cause))
            before = (state, cause)

    def gone(self) -> None:
        """Nothing was written after the last entry."""
        self.inventory = [listed for listed in self.inventory if listed.at <= self.last_entry]

    # ------------------------------------------------------------ what people do

    def plans(self) -> tuple[Planned | Cancelled, ...]:
        found: list[Planned | Cancelled] = []
        for number in range(self.random.choice((0, 0, 1, 2, 4))):
            start = self.second(self.start - 2 * DAY, self.end)
            at = self.second(self.early, self.last_entry)
            found.append(Planned(f"m{number}", at, "", self.reach(0.5), start, start + self.length()))
            if self.chance(0.15):
                found.append(Cancelled(f"m{number}", self.second(at, max(at, self.last_entry)), "", f"m{number}"))
            elif self.chance(0.15):
                later = self.second(at, max(at, self.last_entry))
                found.append(Planned(f"m{number}", later, "", self.reach(0.5), start + HOUR, start + 2 * HOUR))
        # The record begins with its first camera.
        return tuple(sorted((plan for plan in found if plan.at <= self.last_entry), key=lambda plan: plan.at))

    def act(self) -> None:
        for number in range(self.random.choice((0, 0, 1, 2))):
            self.plan(f"w{number}")
        for number in range(self.random.choice((0, 1, 3, 5, 8))):
            self.propose(f"x{number}")
        many = (0, 1, 3, 6) if self.agreement.card is not None else (0, 0, 0, 1)
        for number in range(self.random.choice(many) + (4 if self.agreement.quarter else 0)):
            self.declare(f"d{number}")
        for number in range(self.random.choice((0, 0, 0, 1, 2))):
            self.close(f"k{number}")
        if self.now >= self.end and self.chance(0.15):
            self.reopen()
        self.spoil()

    def party(self) -> str:
        return self.random.choice(
            ("vendor", "vendor", "vendor", "office", "office", "operator" if self.chance(0.2) else "vendor")
        )

    def propose(self, name: str) -> None:
        """Exclusions lie where something failed, and over one another."""
        downs = [move.at for move in self.moves if move.state == "down"]
        near = [act.start for act in self.acts if isinstance(act, Proposed | Planned)]
        places = (downs * 2 + near) or [self.start]
        start = self.random.choice(places) + self.random.choice((0, 0, -HOUR, 1800)) if self.chance(0.7) else 0
        start = start or self.second(self.start - 2 * DAY, self.end)
        cause = self.random.choice(CAUSES[: self.random.choice((1, 2, 7))])
        rule = self.agreement.causes.get(cause, Rule())
        end = start + self.length()
        if rule.cap is not None and self.chance(0.8):  # more than the cap allows at all is no exclusion
            end = min(end, start + rule.cap // self.random.randint(1, 3))
        at = min(self.now, end + self.random.randint(0, 2 * DAY)) if self.chance(0.96) else end - 1
        if at < end and self.chance(0.8):
            end = at
        if end <= start:
            return
        by = self.party()
        proposal = Proposed(name, at, by, cause, self.reach(0.6), start, end)
        self.acts.append(proposal)
        later = at
        for number in range(self.random.choice((0, 1, 1, 1, 1, 1, 2))):
            later += self.random.randint(0, DAY)
            other = {"vendor": "office", "office": "vendor"}.get(by, "office")
            what = self.random.choice(("approved",) * 7 + ("rejected", "withdrawn"))
            whose = by if what == "withdrawn" else other
            if self.chance(0.1):
                whose = self.random.choice(("vendor", "office", "operator"))
            self.acts.append(Decided(f"{name}d{number}", later, whose, what, name))

    def months(self, *others: str) -> list[str]:
        """The story's, two before it, the one after it, and texts that are none."""
        whole = self.month[0] * 12 + self.month[1] - 1
        return [f"{one // 12}-{one % 12 + 1:02}" for one in range(whole - 2, whole + 2)] + list(others)

    def declare(self, name: str) -> None:
        """Also for what the scorecard does not count, by those who may not, for months that are to come."""
        by = self.random.choice(("office",) * 9 + ("vendor",))
        item = self.random.choice(("falsified",) * 4 + ("missing",) * 4 + ("late", "nothing"))
        before, own = self.months()[:2], self.months()[2]
        often = [own] * 6 + before * (6 if self.agreement.quarter else 0)
        month = self.random.choice([*self.months("2026-13", "2026-1"), *often])
        count = self.random.choice((1, 1, 1, 2, 3, 1000, 0, 1001) if self.chance(0.3) else (1, 2))
        at = self.second(self.start - DAY, self.end + DAY)
        self.acts.append(Declared(name, at, by, item, month, count, " " if self.chance(0.05) else "不实"))
        for number in range(self.random.choice((0, 0, 1, 2))):
            at = self.second(at, at + 3 * DAY)
            self.acts.append(TakenBack(f"{name}w{number}", at, by, name if self.chance(0.9) else "none"))

    def close(self, name: str) -> None:
        """A month before; the story's in vain, before it is over; what there is none of. Some are opened again."""
        at = self.second(self.start, self.end - 1)
        month = self.random.choice(self.months("2026-13"))
        by = self.random.choice(("office", "office", "office", "vendor"))
        self.acts.append(Closed(name, at, by, month))
        while self.chance(0.4):
            at = self.second(at, self.end - 1)
            text = " " if self.chance(0.1) else "漏报"
            self.acts.append(Corrected(f"{name}c{at}", at, by, month, self.random.choice((1, 1, 2)), text))

    def reopen(self) -> None:
        """The story's month was closed and is open again: what came in between was too late."""
        at = self.end + self.random.randint(0, DAY)
        month = self.months()[2]
        open_again = at + self.random.randint(2, 3 * DAY)
        start, end = self.end - DAY, self.end + self.random.choice((-1, 0, HOUR))
        asked = Proposed("kp", at, "vendor", self.random.choice(CAUSES), Reach(), start, self.end - 1)
        self.acts += [
            asked,
            Closed("k", at, "office", month),
            Declared("kd", at + 1, "office", "falsified", month, 1),
            TakenBack("kw", at + 1, "office", "d0"),
            Proposed("kx", max(end, at + 1), "vendor", self.random.choice(CAUSES), Reach(), start, end),
            Decided("ka", at + 1, "office", "approved", "kp"),
            Decided("kb", at + 1, "vendor", "withdrawn", "x0"),
            Corrected("c", max(open_again, end + 1), self.random.choice(PARTIES), month, 1),
        ]

    def spoil(self) -> None:
        """Some acts are not as they should be, some come twice, and some are another's under the same id."""
        for number, act in enumerate(list(self.acts)):
            # A month that is left closed has to come out as it was closed.
            if isinstance(act, Closed | Corrected) or self.chance(0.9):
                continue
            later = act.at + self.random.randint(0, 3 * DAY)
            shift = self.random.choice((0, DAY, -DAY, 40 * DAY))
            match act, self.random.randrange(6):
                case _, 0:
                    self.acts[number] = replace(act, made=act.at + self.random.choice((600, 601, -DAY)))
                case _, 1:
                    self.acts[number] = replace(act, name=" ")
                case _, 2 if self.chance(0.5):
                    self.acts[number] = replace(act, under="other")
                case Proposed(), 3:
                    self.acts[number] = replace(act, text=" ")
                case Proposed(), 4:
                    self.acts[number] = replace(act, end=act.start - self.random.choice((0, 1, HOUR)))
                case Proposed(), 5:
                    other = replace(act, at=later, start=act.start - shift, end=act.end - shift)
                    self.acts.append(other)
                case ((Decided() | TakenBack()), 3):
                    self.acts[number] = replace(act, words=False)
                case _:
                    self.acts.append(replace(act, at=later, made=act.made_at))

    def plan(self, name: str) -> None:
        by = self.party()
        at = self.second(self.early, self.end)
        if self.chance(0.5):
            start = at + self.random.choice((0, HOUR, DAY, -1))
            self.acts.append(Planned(name, at, by, self.reach(0.6), start, start + self.length()))
        else:
            start = self.random.choice((0, 90, 120, 150, 540, 1380))
            end = (start + self.random.choice((30, 60, 180, 600, 1440))) % 1440
            days = frozenset(self.random.sample(range(7), 2))
            dates = frozenset(self.random.sample(range(1, 32), 3))
            every = self.random.choice(("day", "week", "month"))
            self.acts.append(
                Repeated(
                    name,
                    at,
                    by,
                    self.reach(0.6),
                    every,
                    days if every == "week" else frozenset(),
                    dates if every == "month" else frozenset(),
                    start,
                    end,
                )
            )
        if self.chance(0.3):
            self.acts.append(Cancelled(f"{name}c", at + self.length(), self.party(), name))
