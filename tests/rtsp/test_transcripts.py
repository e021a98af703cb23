"""Every quirk of tests/data/rtsp: the right outcome however the bytes arrive, and no secret where it must not be."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import pytest

from tests.rtsp.transcripts import FOLDER, Player, Script, check, read

FILES = sorted(FOLDER.glob("*.txt"))
README = (FOLDER / "README.md").read_text("utf-8")


def whole(data: bytes) -> Iterator[bytes]:
    yield data


def byte_by_byte(data: bytes) -> Iterator[bytes]:
    for at in range(len(data)):
        yield data[at : at + 1]


def at_random(seed: int) -> Callable[[bytes], Iterator[bytes]]:
    """Pieces of 1 to 1000 bytes, the same ones in every run."""
    lengths = random.Random(seed)

    def cut(data: bytes) -> Iterator[bytes]:
        at = 0
        while at < len(data):
            stop = at + int(10 ** lengths.uniform(0, 3))
            yield data[at:stop]
            at = stop

    return cut


CUTS = {"whole": whole, "byte by byte": byte_by_byte, "random 1": at_random(1), "random 2": at_random(2)}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
@pytest.mark.parametrize("script", [read(path) for path in FILES], ids=lambda script: script.name)
def test_a_transcript_ends_as_it_says(script: Script, cut: Callable[[bytes], Iterator[bytes]]) -> None:
    player = Player(script)
    player.play(cut)
    check(player)


@pytest.mark.parametrize("script", [read(path) for path in FILES], ids=lambda script: script.name)
def test_a_transcript_names_its_quirk_its_source_and_its_end(script: Script) -> None:
    assert {"title", "source", "expect"} <= set(script.head)
    assert re.search(r"RFC \d+|[\w.-]+/[\w.-]+#\d+|ONVIF|own recording of|as reported|source of", script.head["source"])


def test_the_table_of_the_readme_is_complete_and_quotes_the_titles() -> None:
    rows = dict(re.findall(r"^\| \[([\w-]+)\]\([\w-]+\.txt\) \| (.+?) \|", README, re.MULTILINE))
    assert rows == {path.stem: read(path).head["title"] for path in FILES}
