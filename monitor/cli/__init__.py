"""The command line ``sharp-eyes``: one file per command, each a function from arguments to an exit code."""

from monitor.cli.main import main

__all__ = ["main"]
