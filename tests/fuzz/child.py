"""One fuzz target under atheris; started by ``python -m tests.fuzz``, which explains the options."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["monitor"]):
    from tests.fuzz.targets import targets

if __name__ == "__main__":
    _, name, *options = sys.argv
    atheris.Setup([name, *options], targets()[name].run)
    atheris.Fuzz()
