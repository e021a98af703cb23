"""``sharp-eyes ledger verify|show``: proves the chain, or prints its entries one per line."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from monitor.cli import texts
from monitor.cli.exits import Exit
from monitor.cli.faults import told
from monitor.language import Count, Language
from monitor.ledger import Ledger, Verification
from monitor.model import instant
from monitor.settings import load_settings


def verify(config: Path, expect_head: str | None, language: Language) -> int:
    """Walk the whole chain; names the first broken link."""
    settings = load_settings(config, None)
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        found = walked(ledger, expect_head, language)
    if found.broken is not None:
        print(texts.CHAIN_BROKEN[language].format(where=told(str(found.broken), language)))
        return Exit.NO
    print(texts.CHAIN_HOLDS[language].format(entries=Count(found.entries), head=found.head))
    for head in found.heads:
        print(texts.CHAIN_HEAD[language].format(vantage=head.vantage, seq=Count(head.seq), head=head.hash))
    return Exit.OK


def walked(ledger: Ledger, expect_head: str | None, language: Language) -> Verification:
    """Verify every chain of the ledger, and show meanwhile how far that is."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(texts.VERIFYING[language], total=None)
        return ledger.verify(expect_head, lambda done, of: progress.update(task, completed=done, total=of))


def show(config: Path, camera_id: str | None, after: int, limit: int | None, *, people: bool) -> int:
    """One line per entry, of the monitor or of people: number, instant, kind, body as it is stored."""
    settings = load_settings(config, None)
    with Ledger.open_read_only(settings.ledger, settings.vantage) as ledger:
        vantage = ledger.people if people else ledger.vantage
        for row in ledger.rows(vantage, after_seq=after, camera_id=camera_id, limit=limit):
            at = f"{instant(row.recorded_at):%Y-%m-%dT%H:%M:%S.%fZ}"
            print(f"{row.vantage} {row.seq} {at} {row.kind} {row.body}")
    return Exit.OK
