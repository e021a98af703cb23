"""Sheets: whatever was written before, the text is the one a new sheet would write."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import example, given
from hypothesis import strategies as st

from monitor.metrics.text import BLOCK, Column, Family, Saying, Sheet, labels


@dataclass(frozen=True)
class Thing:
    name: str
    value: float | None = None
    word: str | None = None


VALUE: Column[Thing] = Column("thing_value", "gauge", "A value.", lambda thing: thing.value)
SECONDS: Column[Thing] = Column("thing_age_seconds", "gauge", "A time.", lambda thing: thing.value)
WORD: Saying[Thing] = Saying("thing_word", "gauge", "A word.", lambda thing: thing.word, lambda word: labels(word=word))


def sheet() -> Sheet[Thing]:
    return Sheet((VALUE, SECONDS, WORD), lambda thing: thing.name, lambda name: labels(name=name))


def text(of: Sheet[Thing], things: list[Thing]) -> str:
    return b"".join(of.pieces(things)).decode()


def test_every_family_has_its_head_and_a_sample_for_each_thing_that_has_a_value() -> None:
    things = [Thing("a", 1.5, "yes"), Thing("b")]
    assert text(sheet(), things) == (
        "# HELP thing_value A value.\n# TYPE thing_value gauge\n"
        'thing_value{name="a"} 1.5\n'
        "# HELP thing_age_seconds A time.\n# TYPE thing_age_seconds gauge\n"
        'thing_age_seconds{name="a"} 1.500\n'
        "# HELP thing_word A word.\n# TYPE thing_word gauge\n"
        'thing_word{name="a",word="yes"} 1\n'
    )


LINES = st.dictionaries(st.text(), st.none() | st.integers() | st.floats(allow_nan=False))


@given(LINES)
@example({"%s": 1, "%(a)d": 2.0, "100 %": None, "line\nbreak": 0.1})
def test_every_sample_stands_as_if_written_alone_whatever_its_label_says(lines: dict[str, float | None]) -> None:
    texts = [labels(name=name) for name in lines]
    for name, form in (("thing_value", ""), ("thing_age_seconds", ".3f")):
        alone = "".join(
            f"{name}{{{label}}} {value:{form}}\n"
            for label, value in zip(texts, lines.values(), strict=True)
            if value is not None
        )
        written = Family(name, "gauge", "A thing.").samples(texts, lines.values())
        assert written == alone.encode("utf-8", "replace")


NAMES = [f"n{number}" for number in range(2 * BLOCK + 3)]
CHANGES = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.sampled_from([None, 1.0, 2.0]), st.none() | st.just("x"))
)


@given(st.lists(st.tuples(CHANGES, st.sets(st.sampled_from(NAMES), max_size=3)), max_size=4))
def test_a_sheet_that_was_written_before_says_what_a_new_one_says(
    scrapes: list[tuple[dict[str, tuple[float | None, str | None]], set[str]]],
) -> None:
    kept, things = sheet(), {name: Thing(name, 1.0) for name in NAMES}
    text(kept, list(things.values()))
    for changes, gone in scrapes:
        things |= {name: Thing(name, *values) for name, values in changes.items()}
        shown = [thing for name, thing in things.items() if name not in gone]
        assert text(kept, shown) == text(sheet(), shown)


def test_an_exposition_that_was_dropped_half_way_spoils_nothing() -> None:
    kept, things = sheet(), [Thing(name, 1.0) for name in NAMES]
    next(kept.pieces(things))
    things[0] = Thing(NAMES[0], 2.0)
    assert text(kept, things) == text(sheet(), things)


def test_a_large_sheet_is_written_in_steps() -> None:
    kept, things = sheet(), [Thing(name) for name in NAMES]
    assert list(kept.pieces(things)).count(b"") == 3
    things[0] = Thing(NAMES[0], 1.0)
    assert list(kept.pieces(things)).count(b"") == 1, "only a block with news is written"


def test_nothing_to_show_still_tells_what_the_families_are() -> None:
    assert text(sheet(), []).count("# TYPE") == 3
