"""``sharp-eyes check-config``: every fault of settings, inventory and Alertmanager's routes at once."""

from __future__ import annotations

from pathlib import Path

from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.cli.faults import told_all
from monitor.errors import Fault, SettingsError
from monitor.language import Count, Language
from monitor.parsing.yaml_tree import WHOLE_FILE
from monitor.reading import MEGABYTE, Unreadable, read_at_most
from monitor.service import load_plan, refuse_mute_echoes
from monitor.settings import Settings, faults_of_routes, warnings_between


def check(config: Path, routes: Path | None, language: Language) -> int:
    """Print the faults, one per line, or what was found in good order. ``routes``: Alertmanager's file; None: none."""
    try:
        plan = load_plan(config)
        refuse_mute_echoes(plan.settings)
        _refuse_routes_to_nobody(routes, plan.settings)
    except SettingsError as error:
        print(texts.CONFIG_FAULTS[language].format(count=Count(len(error.faults))))
        print(told_all(error.faults, language))
        return Exit.NO
    villages = {camera.site.village for camera in plan.cameras}
    uplinks = {camera.uplink for camera in plan.cameras if camera.uplink}
    counts = {"cameras": plan.cameras, "villages": villages, "uplinks": uplinks}
    print(texts.CONFIG_GOOD[language].format(**{name: Count(len(things)) for name, things in counts.items()}))
    for warning in warnings_between(plan.settings, plan.cameras):
        print(texts.CONFIG_WARNING[language].format(warning=warning))
    contracts = plan.settings.contracts
    for contract in contracts:
        count = sum(map(contract.about, plan.cameras))
        line = texts.CONFIG_CONTRACT[language].format(id=contract.id, cameras=Count(count), title=contract.title)
        print(line.rstrip())
    outside = sum(not any(contract.about(camera) for contract in contracts) for camera in plan.cameras)
    if outside:
        print(texts.CONFIG_UNCONTRACTED[language].format(cameras=Count(outside)))
    return Exit.OK


def _refuse_routes_to_nobody(routes: Path | None, settings: Settings) -> None:
    """SettingsError where Alertmanager sends something to a receiver nobody stands behind."""
    if routes is None:
        return
    known = settings.alerts.receivers if settings.alerts else ()
    try:
        content = read_at_most(routes, MEGABYTE)
    except Unreadable as unreadable:
        raise SettingsError((Fault(str(routes), 0, WHOLE_FILE, str(unreadable)),)) from None
    faults = faults_of_routes(content, str(routes), known)
    if faults:
        raise SettingsError(tuple(faults))
