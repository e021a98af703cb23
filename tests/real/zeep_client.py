"""A second ONVIF client in a process of its own: prints the address of a device's smallest stream."""

from __future__ import annotations

import asyncio
import sys

from onvif import ONVIFCamera


async def smallest(port: int, user: str, password: str) -> str:
    """What onvif-zeep-async finds."""
    camera = ONVIFCamera("127.0.0.1", port, user, password)
    try:
        await camera.update_xaddrs()
        media = await camera.create_media_service()
        sizes = {each.token: each.VideoEncoderConfiguration.Resolution.Width for each in await media.GetProfiles()}
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        asked = {"StreamSetup": setup, "ProfileToken": min(sizes, key=lambda token: int(sizes[token]))}
        return str((await media.GetStreamUri(asked)).Uri)
    finally:
        await camera.close()


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(smallest(int(sys.argv[1]), sys.argv[2], sys.stdin.read())))
