"""A process that looks at pictures leaves none behind when it dies."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_command_leaves_no_core_dump() -> None:
    """Of a process that dies while it decodes: its memory holds a picture."""
    code = """
import os, resource
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
from monitor.cli.main import main
main(["check-config", "--config", "nowhere.yml"])
print(*resource.getrlimit(resource.RLIMIT_CORE))
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert ended.stdout.split()[-2:] == [b"0", b"0"]
