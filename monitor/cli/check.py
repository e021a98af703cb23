"""``sharp-eyes check-config``: every fault of settings and inventory at once."""

from __future__ import annotations

from pathlib import Path

from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.errors import SettingsError
from monitor.language import Language
from monitor.service import load_plan, refuse_mute_echoes
from monitor.settings import warnings_between


def check(config: Path, language: Language) -> int:
    """Print the faults, one per line, or what was found in good order."""
    try:
        plan = load_plan(config)
        refuse_mute_echoes(plan.settings)
    except SettingsError as error:
        print(texts.CONFIG_FAULTS[language].format(count=len(error.faults)))
        print(error)
        return Exit.NO
    villages = {camera.site.village for camera in plan.cameras}
    uplinks = {camera.uplink for camera in plan.cameras if camera.uplink}
    print(texts.CONFIG_GOOD[language].format(cameras=len(plan.cameras), villages=len(villages), uplinks=len(uplinks)))
    for warning in warnings_between(plan.settings, plan.cameras):
        print(texts.CONFIG_WARNING[language].format(warning=warning))
    contracts = plan.settings.contracts
    for contract in contracts:
        count = sum(map(contract.about, plan.cameras))
        line = texts.CONFIG_CONTRACT[language].format(id=contract.id, cameras=count, title=contract.title)
        print(line.rstrip())
    outside = sum(not any(contract.about(camera) for contract in contracts) for camera in plan.cameras)
    if outside:
        print(texts.CONFIG_UNCONTRACTED[language].format(cameras=outside))
    return Exit.OK
