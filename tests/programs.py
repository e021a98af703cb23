"""Third-party programs a test needs: a developer's run skips where one is missing, CI fails."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str) -> str:
    """The path of an installed program."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and in CI nothing is skipped")
        pytest.skip(reason)
    return path
