"""``python -m dashboards.preview PROMETHEUS FOLDER``: every board as a page and, with Chromium, as a picture."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import aiohttp

from dashboards.preview.asking import Prometheus
from dashboards.preview.page import SCREEN, height_of, page
from dashboards.preview.reading import Wall, read
from monitor.clock import SystemClock
from monitor.errors import SharpEyesError

BOARDS = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120  # seconds for one picture


async def draw(address: str, folder: Path, now: datetime, camera: Sequence[str] = ()) -> list[Path]:
    """Write a page for each board into a folder, and a picture where there is a browser; what was written."""
    written = []
    async with aiohttp.ClientSession() as session:
        prometheus = Prometheus(session, address.rstrip("/"))
        for path in sorted(BOARDS.glob("*/*.json")):
            wall = read(path)
            target = folder / f"{wall.uid}.html"
            wanted = {"camera": camera} if camera else {}
            target.write_text(await page(wall, prometheus, wanted, now), "utf-8")
            written.append(target)
            if picture := await asyncio.to_thread(_photograph, target, wall):
                written.append(picture)
    return written


def _photograph(html: Path, wall: Wall) -> Path | None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return None
    picture = html.with_suffix(".png")
    size = f"--window-size={SCREEN},{height_of(wall)}"
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", size, f"--screenshot={picture}"]
    # Our own page without scripts; the sandbox is off because tests and containers run as root.
    done = subprocess.run(  # noqa: S603
        [browser, *switches, html.resolve().as_uri()], capture_output=True, check=False, timeout=PATIENCE
    )
    if done.returncode or not picture.exists():
        raise SharpEyesError(f"{browser} made no picture of {html}: {done.stderr[-500:].decode('utf-8', 'replace')}")
    return picture


def main(arguments: list[str]) -> int:
    """Draw; 0, or 1 when Prometheus or the browser did not do its part."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.preview", description=__doc__)
    parser.add_argument("prometheus", help="address, such as http://127.0.0.1:9090")
    parser.add_argument("folder", type=Path, help="where pages and pictures are written")
    parser.add_argument("--camera", action="append", default=[], help="the id of the camera to show")
    chosen = parser.parse_args(arguments)
    try:
        chosen.folder.mkdir(parents=True, exist_ok=True)
        written = asyncio.run(draw(chosen.prometheus, chosen.folder, SystemClock().now(), chosen.camera))
    except SharpEyesError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(map(str, written)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
