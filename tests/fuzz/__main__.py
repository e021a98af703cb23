"""``python -m tests.fuzz [TARGET ...]``: coverage-guided fuzzing of every target, each in a process of its own.

``FUZZ_SECONDS`` is the time all targets get together. A finding is an exception, an input that takes longer than
``SLOWEST``, or more memory than ``MOST_MEMORY``; its input is kept in ``.fuzz/findings`` and the exit code is 1.
``python -m tests.fuzz TARGET FILE`` runs one kept input.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.targets import targets

FOLDER = Path(".fuzz")  # what was learnt so far, and what was found
SLOWEST = 5  # seconds one input may take
MOST_MEMORY = 1024  # MiB


def fuzz(name: str, seconds: int) -> bool:
    """Run one target in a child and print one line about it; whether it found something."""
    corpus, findings = FOLDER / "corpus" / name, FOLDER / "findings" / name
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    target = targets()[name]
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}", f"-max_len={target.max_bytes}", f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MOST_MEMORY}", f"-artifact_prefix={findings}/", "-print_final_stats=1", "-verbosity=1",
    ]  # fmt: skip
    command = [sys.executable, "-m", "tests.fuzz.child", name, *options, str(corpus)]
    done = subprocess.run(command, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
    runs = re.search(r"stat::number_of_executed_units: *(\d+)", said) or re.search(r"#(\d+)\s+DONE", said)
    coverage = re.findall(r" cov: (\d+)", said)
    failed = done.returncode != 0
    outcome = f"FOUND, see {findings}" if failed else "nothing found"
    edges = coverage[-1] if coverage else "?"
    sys.stdout.write(f"{name:<14}{runs[1] if runs else '?':>10} runs {edges:>6} edges   {outcome}\n")
    sys.stdout.flush()
    if failed:
        sys.stderr.write("\n".join([*said.splitlines()[-30:], ""]))
    return failed


def main(arguments: Sequence[str]) -> int:
    """Fuzz the named targets or all; the exit code."""
    if len(arguments) == 2 and Path(arguments[1]).is_file():
        targets()[arguments[0]].run(Path(arguments[1]).read_bytes())
        return 0
    chosen = arguments or list(targets())
    seconds = max(1, int(os.environ.get("FUZZ_SECONDS", "60")) // len(chosen))
    found = [fuzz(name, seconds) for name in chosen]  # all of them, also after a finding
    return int(any(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
