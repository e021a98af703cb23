"""A second ONVIF client in a process of its own: prints what each device tells as a line of JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime

from onvif import ONVIFCamera

from monitor.clock import SystemClock


async def told(port: int, user: str, password: str) -> dict[str, str]:
    """What onvif-zeep-async finds, by the device's own clock."""
    camera = ONVIFCamera("127.0.0.1", port, user, password, adjust_time=True)
    try:
        await camera.update_xaddrs()
        device, media = await camera.create_devicemgmt_service(), await camera.create_media_service()
        plate = await device.GetDeviceInformation()
        sizes = {each.token: each.VideoEncoderConfiguration.Resolution.Width for each in await media.GetProfiles()}
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        tokens = {"smallest": min(sizes, key=lambda token: int(sizes[token]))}
        tokens["largest"] = max(sizes, key=lambda token: int(sizes[token]))
        found = {
            name: str((await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": token})).Uri)
            for name, token in tokens.items()
        }
        utc = (await device.GetSystemDateAndTime()).UTCDateTime
        date, time = utc.Date, utc.Time
        clock = datetime(date.Year, date.Month, date.Day, time.Hour, time.Minute, time.Second, tzinfo=UTC)
        return found | {
            "plate": " ".join((plate.Manufacturer, plate.Model, plate.FirmwareVersion, plate.SerialNumber)),
            "offset": str((clock - SystemClock().now()).total_seconds()),
        }
    finally:
        await camera.close()


if __name__ == "__main__":
    secret = sys.stdin.read()
    for each in sys.argv[2:]:
        sys.stdout.write(json.dumps(asyncio.run(told(int(each), sys.argv[1], secret))) + "\n")
