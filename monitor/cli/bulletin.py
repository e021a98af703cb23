"""``sharp-eyes bulletin``: the texts that are sent at fixed hours, now and on the screen."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor import bulletins
from monitor.cli.choosing import one_contract
from monitor.cli.exits import Exit
from monitor.clock import SystemClock
from monitor.language import Language
from monitor.settings import BulletinKind, load_settings


def bulletin(kind: BulletinKind, config: Path, language: Language, *, contract: str | None) -> int:
    """Print it; nothing is sent."""
    settings = load_settings(config, None)
    about = one_contract(settings.contracts, contract, language)
    if about is None:
        return Exit.USAGE
    text = bulletins.bulletin(kind, settings, about, SystemClock().now()).text(language)
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "replace"))
    return Exit.OK
