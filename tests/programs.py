"""Third-party programs a test needs: a developer's run skips where one is missing, CI fails."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def program(name: str) -> str:
    """The path of an installed program."""
    return shutil.which(name) or missing(f"{name} is not installed")


def missing(reason: str) -> NoReturn:
    """Something a test needs is not on this machine."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and in CI nothing is skipped")
    pytest.skip(reason)
