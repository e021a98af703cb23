"""``python -m tests.dashboards FOLDER [DAYS]``: a made-up town's past in a real Prometheus, and every board drawn."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from dashboards.preview.__main__ import draw
from monitor.clock import SystemClock
from tests.console.fakes import FakeSource, console
from tests.dashboards.history import Past, write_past
from tests.dashboards.town import DAY, past_town, probed
from tests.prometheus import prometheus_watching, until

ALERTED = 'ALERTS{alertname="SharpEyesIncident"}'
EVERY = "5s"  # also a busy machine has answered by then
STEP = timedelta(minutes=4)  # just below what Prometheus looks back


async def main(folder: Path, days: float) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    now = datetime.now(UTC).replace(microsecond=0)
    town = past_town(now, 81)
    source = FakeSource(SystemClock())
    source.view = town.view(now)
    with tempfile.TemporaryDirectory() as name:
        async with console(source, SystemClock()) as monitor, aiohttp.ClientSession() as client:
            past = Past(town, now - days * DAY, STEP, monitor.removeprefix("http://"))
            await write_past(Path(name), past)
            probed(source.metrics, source.view)
            with prometheus_watching(Path(name), monitor, EVERY) as (api, log):
                await until(client, f"{api}/query?query={ALERTED}", lambda a: bool(a["data"]["result"]), log)
                for path in await draw(api.removesuffix("/api/v1"), folder, datetime.now(UTC), ["QX-04-03"]):
                    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 7))
