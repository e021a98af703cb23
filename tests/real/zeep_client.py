"""A second ONVIF client in a process of its own: prints what each device tells as a line of JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from onvif import ONVIFCamera


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
        return found | {
            "plate": " ".join((plate.Manufacturer, plate.Model, plate.FirmwareVersion, plate.SerialNumber)),
            "clock": f"{utc.Date.Year:04}-{utc.Date.Month:02}-{utc.Date.Day:02}T{utc.Time.Hour:02}:"
            f"{utc.Time.Minute:02}:{utc.Time.Second:02}+00:00",
        }
    finally:
        await camera.close()


if __name__ == "__main__":
    secret = sys.stdin.read()
    for each in sys.argv[2:]:
        sys.stdout.write(json.dumps(asyncio.run(told(int(each), sys.argv[1], secret))) + "\n")
