"""Texts other people wrote stay texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from monitor.render.html.markup import Markup, css_string, element, filled, joined, name, stylesheet
from monitor.render.layout import clean

HOSTILE = ("<script>alert(1)</script>", "\"'><img src=x onerror=y>", "&lt;", "]]>", "-->", "</bdi>", "\\", "{town}")


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_text_comes_back_from_the_document_as_it_went_in(text: str) -> None:
    made = element("p", text, title=text)
    read = html.fragment_fromstring(made.source)
    assert (read.text or "", len(read), read.get("title")) == (clean(text), 0, clean(text))


def test_only_markup_is_taken_as_it_is() -> None:
    assert joined("<b>", Markup("<i></i>"), None).source == "&lt;b&gt;<i></i>"


def test_attributes_are_written_with_hyphens_and_void_elements_have_no_end() -> None:
    assert element("td", "x", class_="n", aria_label="a").source == '<td class="n" aria-label="a">x</td>'
    assert element("meta", charset="utf-8").source == '<meta charset="utf-8">'


def test_a_phrase_is_filled_with_children_and_its_own_text_is_escaped() -> None:
    assert filled("<{a}> {b}", a=Markup("<i></i>"), b="<").source == "&lt;<i></i>&gt; &lt;"


def test_what_turns_the_direction_of_writing_is_taken_out_and_names_stand_apart() -> None:
    assert name("a\u202eb").source == "<bdi>a�b</bdi>"
    assert name("مدرسة").source == "<bdi>مدرسة</bdi>"


@given(st.text())
def test_a_css_string_cannot_end_itself(text: str) -> None:
    inside = css_string(text)[1:-1]
    assert all(each.isascii() and (each.isalnum() or each in "\\ ") for each in inside)


def test_a_stylesheet_cannot_end_itself() -> None:
    with pytest.raises(ValueError, match="must not contain"):
        stylesheet("a{}</style>")
