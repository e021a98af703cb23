"""Days of the week and of the month, as arguments of the command line."""

from __future__ import annotations

import argparse

from monitor.parsing.scalars import whole_number, within
from monitor.settings.planned import weekday


def day_of_week(text: str) -> int:
    """0 (Monday) to 6, from ``mon`` or 周一."""
    try:
        return weekday(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def day_of_month(text: str) -> int:
    """1 to 31."""
    try:
        return within(whole_number, "1", "31")(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
