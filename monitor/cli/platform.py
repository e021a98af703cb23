"""``sharp-eyes platform``: the video platform's own list of what is online, beside what we believe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.inventory.platform import read_platform_list
from monitor.language import Language, Phrase
from monitor.ledger import Ledger
from monitor.model import Camera, State, Transition
from monitor.settings import load_settings
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


def compare_with_platform(path: Path, config: Path, language: Language) -> int:
    """Print both lists; code 1 when any camera is in one of them."""
    settings = load_settings(config, None)
    listed = read_platform_list(path)
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        cameras = {record.camera.id: record.camera for record in ledger.cameras() if record.removed_at is None}
        last, recorded_at = ledger.last_transitions(), ledger.last_recorded_at()
    states = {camera_id: last[camera_id].new if camera_id in last else State.UNKNOWN for camera_id in cameras}
    found = compared(listed, states)
    zone = ZoneInfo(settings.zone)
    if recorded_at is not None:
        print(texts.PLATFORM_AS_OF[language].format(at=f"{recorded_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"))
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
    return Exit.NO if found.falsely_online or found.falsely_offline else Exit.OK


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
