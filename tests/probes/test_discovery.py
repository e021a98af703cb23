"""A network is asked politely, and no answer can do more than waste its own datagram."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from monitor.clock import SystemClock
from monitor.errors import SharpEyesError
from monitor.probes.discovery import Survey, SurveyLimits, survey
from monitor.simulator.discovery import Persona, Responders
from tests.addresses import BASE, free_port

hosts = itertools.count(1)
ID = "0a1b2c3d-0000-4000-8000-112233445566"
QUICK = timedelta(milliseconds=400)
Asker = tuple[str, int]


def persona() -> Persona:
    host = f"{BASE}.248.{next(hosts)}"
    return Persona(host, f"http://{host}:8000/onvif/device_service", "Hikvision", "DS-2CD3T47")


@contextmanager
def device(host: str, port: int, answer: Callable[[bytes, Asker], list[bytes]]) -> Iterator[list[bytes]]:
    """What answers there in its own way; the questions it was asked."""
    loop, asked = asyncio.get_running_loop(), list[bytes]()
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setblocking(False)
    one.bind((host, port))

    def read() -> None:
        question, asker = one.recvfrom(65536)
        asked.append(question)
        for each in answer(question, asker):
            one.sendto(each, asker)

    loop.add_reader(one, read)
    try:
        yield asked
    finally:
        loop.remove_reader(one)
        one.close()


async def asked(addresses: list[str], port: int, interfaces: tuple[str, ...] = (), **changed: int) -> Survey:
    limits = SurveyLimits(port=port, patience=QUICK, **changed)
    return await survey(addresses, interfaces, ID, clock=SystemClock(), limits=limits)


async def test_each_address_is_asked_once_and_those_that_answer_are_found() -> None:
    here, port = persona(), free_port()
    silent = f"{BASE}.248.{next(hosts)}"
    with device(silent, port, lambda *_: []) as questions:
        responders = Responders([here], port)
        found = await asked([silent, here.host], port)
        responders.close()
    assert [each.host for each in found.answered] == [here.host]
    assert len(questions) == 1


async def test_the_group_is_asked_through_the_named_interface_and_each_device_counts_once() -> None:
    town, port = [persona() for _ in range(12)], free_port()
    responders = Responders(town, port)
    found = await survey(
        [], ["127.0.0.1"], ID, clock=SystemClock(), limits=SurveyLimits(port=port, patience=timedelta(seconds=0.8))
    )
    answered = responders.answered
    responders.close()
    assert {each.host for each in found.answered} == {each.host for each in town}
    assert len(found.answered) == len(town)
    assert answered == 2 * len(town)  # a multicast question is repeated once


async def test_questions_are_spread_over_time() -> None:
    clock, addresses = SystemClock(), [f"{BASE}.247.{last}" for last in range(1, 11)]
    began = clock.monotonic()
    told: list[tuple[int, int, int]] = []
    limits = SurveyLimits(port=free_port(), patience=timedelta(0), per_second=20)
    await survey(addresses, (), ID, clock=clock, limits=limits, progress=lambda *at: told.append(at))
    assert clock.monotonic() - began >= 9 / 20
    assert told == [(done, 10, 0) for done in range(1, 11)]


async def test_an_address_that_was_not_asked_is_not_heard() -> None:
    stranger, here, port = persona(), f"{BASE}.248.{next(hosts)}", free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((stranger.host, 0))

        def betray(question: bytes, asker: Asker) -> list[bytes]:
            other.sendto(stranger.answer(question) or b"", asker)
            return []

        with device(here, port, betray):
            found = await asked([here], port)
    assert (len(found.answered), found.ignored) == (0, 1)


@pytest.mark.parametrize(
    "junk", [b"", b"\xff" * 60000, b"<a>" * 20000, b"<Envelope>" * 6000, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
async def test_junk_is_counted_and_nothing_else(junk: bytes) -> None:
    here, port = f"{BASE}.248.{next(hosts)}", free_port()
    with device(here, port, lambda *_: [junk]):
        found = await asked([here], port)
    assert (dict(found.unreadable), len(found.answered)) == ({here: 1}, 0)


async def test_thousands_of_answers_from_one_address_are_not_even_read() -> None:
    here, port = persona(), free_port()

    def flood(question: bytes, _: Asker) -> list[bytes]:
        answer = here.answer(question) or b""
        return [answer.replace(b"8c24", f"{number:04x}".encode()) for number in range(3000)]

    with device(here.host, port, flood):
        found = await asked([here.host], port)
    assert len(found.answered) == SurveyLimits().answers_of_one
    assert found.ignored > 100  # the kernel may have dropped the rest of them


async def test_no_more_addresses_are_read_than_the_limit() -> None:
    town, port = [persona() for _ in range(5)], free_port()
    responders = Responders(town, port)
    found = await asked([each.host for each in town], port, most=3)
    responders.close()
    assert (len(found.answered), found.ignored) == (3, 2)


async def test_a_question_the_network_does_not_carry_is_counted() -> None:
    found = await asked(["255.255.255.255"], 3702)
    assert (found.unsent, found.unrouted) == (1, 0)


async def test_an_interface_of_another_machine_is_said_with_what_to_do() -> None:
    with pytest.raises(SharpEyesError, match=r"192\.0\.2\.222.*--interface"):
        await asked([], 3702, ("192.0.2.222",))
