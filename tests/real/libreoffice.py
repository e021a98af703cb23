"""LibreOffice without a screen: computes workbooks' formulas anew, or prints them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.programs import program

# "Always": by itself it trusts the values that stand beside formulas.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
PATIENCE = 200  # seconds: the machine may be busy


def converted(books: Mapping[str, bytes], suffix: str, folder: Path) -> dict[str, Path]:
    """The workbooks by name, as LibreOffice writes them after computing every formula; ``xlsx`` or ``pdf``.

    All of them by one start, which takes longer than the work.
    """
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, "utf-8")
    made = {name: folder / f"{name}.xlsx" for name in books}
    for name, path in made.items():
        path.write_bytes(books[name])
    subprocess.run(
        [
            program("soffice"),
            "--headless",
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            suffix,
            "--outdir",
            str(out),
            *map(str, made.values()),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    return {name: out / f"{name}.{suffix}" for name in books}
