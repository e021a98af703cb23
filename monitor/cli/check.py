"""``sharp-eyes check-config``: every fault of settings and inventory, and of the files of others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.cli.faults import told_all
from monitor.errors import WHOLE_FILE, Fault, SettingsError
from monitor.language import Count, Language
from monitor.reading import MEGABYTE, Unreadable, read_at_most
from monitor.service import load_plan, refuse_mute_echoes
from monitor.settings import AlertPath, Settings, faults_of_links, faults_of_routes, warnings_between

LONGEST_ADDRESS = 4000  # bytes of a file with an address in it


def check(config: Path, routes: Path | None, prometheus: Path | None, language: Language) -> int:
    """Print the faults, one per line, or what was found in good order.

    ``routes`` is Alertmanager's file and ``prometheus`` that of Prometheus; None: it is not looked at.
    """
    try:
        plan = load_plan(config)
        refuse_mute_echoes(plan.settings)
        _refuse_files_of_others(routes, prometheus, plan.settings)
    except SettingsError as error:
        print(texts.CONFIG_FAULTS[language].format(count=Count(len(error.faults))))
        print(told_all(error.faults, language))
        return Exit.NO
    villages = {camera.site.village for camera in plan.cameras}
    uplinks = {camera.uplink for camera in plan.cameras if camera.uplink}
    counts = {"cameras": plan.cameras, "villages": villages, "uplinks": uplinks}
    print(texts.CONFIG_GOOD[language].format(**{name: Count(len(things)) for name, things in counts.items()}))
    for warning in warnings_between(plan.settings, plan.cameras):
        print(texts.CONFIG_WARNING[language].format(warning=told_all([warning], language)))
    if prometheus is not None and not (plan.settings.alerts and plan.settings.alerts.link):
        print(texts.CONFIG_UNCOMPARED[language].format(file=prometheus))
    contracts = plan.settings.contracts
    for contract in contracts:
        count = sum(map(contract.about, plan.cameras))
        line = texts.CONFIG_CONTRACT[language].format(id=contract.id, cameras=Count(count), title=contract.title)
        print(line.rstrip())
    outside = sum(not any(contract.about(camera) for contract in contracts) for camera in plan.cameras)
    if outside:
        print(texts.CONFIG_UNCONTRACTED[language].format(cameras=Count(outside)))
    return Exit.OK


def _refuse_files_of_others(routes: Path | None, prometheus: Path | None, settings: Settings) -> None:
    """SettingsError where Alertmanager sends to nobody, or the links of Prometheus' alerts lead elsewhere than ours."""
    faults: list[Fault] = []
    alerts = settings.alerts
    if routes is not None:
        called = alerts is not None and alerts.path is AlertPath.ALERTMANAGER
        known, address_in = alerts.receivers if alerts and called else None, _address_in(routes.parent)
        faults += _faults_in(routes, lambda content: faults_of_routes(content, str(routes), known, address_in))
    if prometheus is not None:
        link = alerts.link if alerts else ""
        faults += _faults_in(prometheus, lambda content: faults_of_links(content, str(prometheus), link))
    if faults:
        raise SettingsError(tuple(faults))


def _faults_in(file: Path, judge: Callable[[bytes], list[Fault]]) -> list[Fault]:
    try:
        return judge(read_at_most(file, MEGABYTE))
    except Unreadable as unreadable:
        return [Fault(str(file), 0, WHOLE_FILE, str(unreadable))]


def _address_in(folder: Path) -> Callable[[str], str]:
    """Reads what a ``url_file`` of Alertmanager says, relative to its own folder; "": it is not on this machine."""

    def read(name: str) -> str:
        try:
            return read_at_most(folder / name, LONGEST_ADDRESS).decode("utf-8", "replace").strip()
        except Unreadable:
            return ""

    return read
