"""LibreOffice without a screen: computes a workbook's formulas anew, or prints it."""

from __future__ import annotations

import subprocess
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


def converted(data: bytes, suffix: str, folder: Path) -> Path:
    """The workbook as LibreOffice writes it after computing every formula; ``xlsx`` or ``pdf``."""
    profile, out = folder / "profile", folder / "out"
    if not profile.exists():
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE, "utf-8")
    made = folder / "book.xlsx"
    made.write_bytes(data)
    subprocess.run(
        [
            program("soffice"),
            "--headless",
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            suffix,
            "--outdir",
            str(out),
            str(made),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    return out / f"book.{suffix}"
