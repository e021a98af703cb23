"""``python -m tests.dashboards FOLDER [DAYS]``: a made-up town's past in a real Prometheus, and every board drawn.

Everything is asked as of one moment, the last of the past: however long the drawing takes, nothing on it grows old.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboards.preview.__main__ import draw
from tests.dashboards.alerted import asked_by_alerts, write_alerts
from tests.dashboards.history import Past, asked_by_boards, serving, write_past
from tests.dashboards.town import DAY, past_town

STEP = timedelta(minutes=4)  # between two evaluations of the records
DAYS = 3.25  # of which Prometheus has the past; the monitor began long before
BEGAN = 60 * DAY


async def main(folder: Path, days: float) -> None:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    now = datetime.now(UTC).replace(microsecond=0)
    past = Past(past_town(now, 81, BEGAN), now - days * DAY, STEP, "monitor:9105")
    with tempfile.TemporaryDirectory() as name:
        database = await write_past(Path(name), past, asked_by_boards() | asked_by_alerts())
        await write_alerts(Path(name), database, past)
        async with serving(Path(name), database) as address:
            for path in await draw(address, folder, now, ["QX-04-03"]):
                sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else DAYS))
