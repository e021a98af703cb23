"""Faults of files people wrote, and of words on the command line, in the language of whoever reads them."""

from __future__ import annotations

from monitor.cli.faults.telling import told, told_all

__all__ = ["told", "told_all"]
