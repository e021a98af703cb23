"""``sharp-eyes platform``: the video platform's own list of what is online, beside what we believe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.cli import texts
from monitor.cli.assets.texts import PASSED_OVER
from monitor.cli.exits import Exit
from monitor.inventory import load_inventory
from monitor.inventory.entries import Extra, entries_of
from monitor.inventory.matching import matched, own_names
from monitor.inventory.platform import PlatformState, read_platform_list
from monitor.language import Count, Language, Phrase
from monitor.ledger import Ledger
from monitor.model import Camera, State, Transition
from monitor.rtsp.urls import parse_target
from monitor.settings import Settings, load_settings
from monitor.wording import CAUSES


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where the platform and we differ, ids ascending."""

    falsely_online: tuple[str, ...]  # 假在线: online there, DOWN here
    falsely_offline: tuple[str, ...]  # 假离线: offline there, online here
    unjudged: tuple[str, ...]  # we do not know
    missing_there: tuple[str, ...]  # in our inventory only
    missing_here: tuple[str, ...]  # in the platform's list only
    agreed: int

    @property
    def differs(self) -> bool:
        """Whether the platform and we contradict each other about any camera."""
        return bool(self.falsely_online or self.falsely_offline)

    @property
    def judged(self) -> int:
        """Of how many cameras both have a say."""
        return self.agreed + len(self.falsely_online) + len(self.falsely_offline)


def compared(platform: Mapping[str, bool], states: Mapping[str, State]) -> Comparison:
    """Camera by camera; ``states`` are those of all cameras of our inventory."""
    both = sorted(platform.keys() & states.keys())
    known = [camera_id for camera_id in both if states[camera_id] is not State.UNKNOWN]
    online = tuple(one for one in known if platform[one] and not states[one].online)
    offline = tuple(one for one in known if not platform[one] and states[one].online)
    return Comparison(
        online,
        offline,
        tuple(one for one in both if states[one] is State.UNKNOWN),
        tuple(sorted(states.keys() - platform.keys())),
        tuple(sorted(platform.keys() - states.keys())),
        len(known) - len(online) - len(offline),
    )


def _by_our_ids(
    listed: Sequence[PlatformState], cameras: Mapping[str, Camera], nationals: Mapping[str, str]
) -> dict[str, bool]:
    """What the platform says of each of our cameras, and under its own names of those that are not ours."""
    ids = list(cameras)
    names = [own_names(one, nationals.get(one, ""), parse_target(cameras[one].url).host.lower()) for one in ids]
    found = matched(names, [row.names for row in listed])
    own = {match.other: ids[at] for at, match in found.items()}
    return {own.get(at, row.label): row.online for at, row in enumerate(listed)}


def _nationals(settings: Settings) -> dict[str, str]:
    """The national ids that the inventory says in a column of their own."""
    entries = entries_of(settings.inventory, load_inventory(settings.inventory, settings.credentials))
    return {entry.camera.id: entry.extras.get(Extra.NATIONAL_ID, "") for entry in entries}


def compare_with_platform(path: Path, config: Path, language: Language) -> int:
    """Print both lists; code 1 when any camera is in one of them, 3 when most of ours could not be compared."""
    settings = load_settings(config, None)
    nationals, written = _nationals(settings), read_platform_list(path)
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        cameras = {record.camera.id: record.camera for record in ledger.cameras() if record.removed_at is None}
        last, recorded_at = ledger.last_transitions(), ledger.last_recorded_at()
    listed = _by_our_ids(written.states, cameras, nationals)
    states = {camera_id: last[camera_id].new if camera_id in last else State.UNKNOWN for camera_id in cameras}
    found = compared(listed, states)
    zone = ZoneInfo(settings.zone)
    if recorded_at is not None:
        print(texts.PLATFORM_AS_OF[language].format(at=f"{recorded_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"))
    if over := written.passed_over:
        lines = " ".join(map(str, over[: texts.NAMED])) + (" ..." if len(over) > texts.NAMED else "")
        print(PASSED_OVER[language].format(count=Count(len(over)), lines=lines))
    _print(texts.FALSELY_ONLINE, found.falsely_online, cameras, last, zone, language)
    _print(texts.FALSELY_OFFLINE, found.falsely_offline, cameras, last, zone, language)
    print(
        texts.PLATFORM_REST[language].format(
            agreed=found.agreed,
            unjudged=len(found.unjudged),
            there=len(found.missing_there),
            here=len(found.missing_here),
        )
    )
    for phrase, ids in ((texts.MISSING_THERE, found.missing_there), (texts.MISSING_HERE, found.missing_here)):
        if ids:
            print(
                phrase[language].format(ids=" ".join(ids[: texts.NAMED])) + (" ..." if len(ids) > texts.NAMED else "")
            )
    if not found.judged or 2 * found.judged < len(states):
        print(texts.HARDLY_COMPARED[language].format(judged=found.judged, of=Count(len(states))))
        if not found.differs:
            return Exit.CANNOT
    return Exit.NO if found.differs else Exit.OK


def _print(
    head: Phrase,
    ids: Sequence[str],
    cameras: Mapping[str, Camera],
    last: Mapping[str, Transition],
    zone: ZoneInfo,
    language: Language,
) -> None:
    print(head[language].format(count=len(ids)))
    for camera_id in ids:
        camera, move = cameras[camera_id], last[camera_id]
        since = f"{move.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        cause = CAUSES[move.cause][language]
        print(
            f"  {camera_id} {camera.name} {camera.site.village} " + texts.SINCE[language].format(at=since, cause=cause)
        )
