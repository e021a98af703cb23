"""Stories of whole towns in ``scenarios/towns/*.yml``: what cameras answer goes in; incidents and figures come out.

The notation is explained in ``scenarios/towns/README.md``. What comes out is written in the same notation, so that a
failing story shows the lines it should have had.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.stories.playing import came_out
from tests.stories.reading import names, read, told_by

FILES = sorted((Path(__file__).parent / "scenarios" / "towns").glob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_town_s_story_comes_out_as_told(path: Path) -> None:
    story = read(path)
    found = came_out(story)
    assert {"incidents", "at", "outages", "causes", "unknown", "month"} <= story.expect.keys() <= found.keys()
    assert {part: found[part] for part in story.expect} == story.expect


def test_the_stories_are_told_and_no_two_alike() -> None:
    assert len(FILES) >= 10
    assert len({read(path).title for path in FILES}) == len(FILES)


@pytest.mark.parametrize("line", ["a1: fine from 08:00 until 09:00", "a1 tcp_timeout", "z9: ok from 08:00 until 09:00"])
def test_a_line_nobody_understands_is_refused(line: str) -> None:
    with pytest.raises((AssertionError, KeyError)):
        told_by(line, {"a1"})


def test_cameras_are_named_as_in_the_results() -> None:
    assert names(["b2", "a10", "a9", "a1", "a11"]) == "a1, a9-11, b2"


if __name__ == "__main__":
    import sys

    for name in sys.argv[1:]:
        told = read(Path(name))
        sys.stdout.write(yaml.safe_dump({"expect": came_out(told)}, allow_unicode=True, sort_keys=False, width=110))
