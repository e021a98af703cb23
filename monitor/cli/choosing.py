"""What a person names by ids: cameras, a contract."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches

from monitor.cli import texts
from monitor.contract import Contract
from monitor.engine import Plan
from monitor.language import Language
from monitor.model import Camera


def chosen(plan: Plan, ids: Sequence[str], language: Language) -> list[Camera] | None:
    """The cameras of these ids, in that order; None when the inventory lacks one, which stderr is told then."""
    by_id = {camera.id: camera for camera in plan.cameras}
    for unknown in (name for name in ids if name not in by_id):
        near = ", ".join(get_close_matches(unknown, by_id, 3)) or texts.NONE[language]
        print(texts.NO_SUCH_CAMERA[language].format(id=unknown, near=near), file=sys.stderr)
        return None
    return [by_id[name] for name in ids]


def one_contract(contracts: Sequence[Contract], contract_id: str | None, language: Language) -> Contract | None:
    """The contract of that id, or the only one; None when that is no answer, which stderr is told then."""
    chosen = [contract for contract in contracts if contract_id in (None, contract.id)]
    if len(chosen) == 1:
        return chosen[0]
    which = texts.WHICH_CONTRACT if contract_id is None else texts.NO_CONTRACT
    there = ", ".join(contract.id for contract in contracts)
    print(which[language].format(id=contract_id, there=there), file=sys.stderr)
    return None
