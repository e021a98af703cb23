"""Fake cameras answer WS-Discovery as cameras do."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import uuid

import pytest

from monitor.errors import SharpEyesError
from monitor.simulator.discovery import GROUP, Persona, Responders
from monitor.simulator.onvif_town import persona_of
from tests.addresses import BASE, free_port
from tests.driven import a_camera

hosts = itertools.count(1)


def personas(count: int) -> list[Persona]:
    return [
        Persona(host, f"http://{host}:8000/onvif/device_service", "Dahua", "IPC <4443>")
        for host in (f"{BASE}.249.{next(hosts)}" for _ in range(count))
    ]


def question(body: str = "<d:Probe/>", message: str = "<a:MessageID>urn:uuid:1-2-3</a:MessageID>") -> bytes:
    return f"<Envelope><Header>{message}</Header><Body>{body}</Body></Envelope>".encode()


async def answers(responders: Responders, port: int, host: str, ask: bytes, count: int) -> dict[str, bytes]:
    """Who answers a question sent there, and what; ``count`` answers are waited for."""
    assert responders
    loop = asyncio.get_running_loop()
    found: dict[str, bytes] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setblocking(False)
        one.bind(("127.0.0.1", 0))
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        await loop.sock_sendto(one, ask, (host, port))
        async with asyncio.timeout(10):
            while len(found) < count:
                data, sender = await loop.sock_recvfrom(one, 65536)
                assert sender[1] == port
                found[sender[0]] = data
    return found


async def test_a_camera_answers_at_its_own_address() -> None:
    (camera,), port = personas(1), free_port()
    responders = Responders([camera], port)
    try:
        found = await answers(responders, port, camera.host, question(), 1)
    finally:
        responders.close()
    text = found[camera.host].decode()
    assert "RelatesTo>urn:uuid:1-2-3<" in text
    assert f"XAddrs>{camera.service}<" in text
    assert "onvif://www.onvif.org/hardware/IPC%20%3C4443%3E" in text


async def test_every_camera_answers_a_question_to_the_group_from_its_own_address() -> None:
    town, port = personas(20), free_port()
    responders = Responders(town, port)
    try:
        found = await answers(responders, port, GROUP, question(), len(town))
    finally:
        responders.close()
    assert found.keys() == {camera.host for camera in town}
    endpoints = {re.findall(rb"Address>(urn:uuid:[^<]*)<", data)[0] for data in found.values()}
    assert len(endpoints) == len(town)


@pytest.mark.parametrize(
    "other",
    [
        b"",
        b"junk",
        question(body="<d:Bye/>"),
        question(message=""),
        question(body="<d:Probe><d:Types>wprt:PrintDeviceType</d:Types></d:Probe>"),
    ],
)
def test_only_a_question_that_means_a_camera_is_answered(other: bytes) -> None:
    (camera,) = personas(1)
    assert camera.answer(other) is None
    assert camera.answer(question(body="<d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe>"))


def test_a_camera_is_the_same_device_after_every_start() -> None:
    one, again = persona_of(a_camera(host="127.20.1.1")), persona_of(a_camera(host="127.20.1.1"))
    assert one.endpoint == again.endpoint != persona_of(a_camera(host="127.20.1.2")).endpoint
    made = uuid.UUID(one.endpoint)
    assert (made.version, f"{made.node:012x}") == (1, one.mac)


async def test_a_taken_address_is_said_and_nothing_stays_open() -> None:
    town, port = personas(3), free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((town[1].host, port))
        with pytest.raises(SharpEyesError, match=f"port {port}"):
            Responders(town, port)
    Responders(town, port).close()
