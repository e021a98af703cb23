"""What lies in broken markup is found where it is, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.onvif.markup import MOST_RUNS, Part, attribute, each, first, own_text, root_of, value, values


def part(inner: str) -> Part:
    found = root_of(f"<Envelope>{inner}</Envelope>".encode(), "Envelope")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<Uri>a</Uri>", "a"),
        ("<x:Uri>a</x:Uri>", "a"),
        ("<x-y.1:Uri q='1'>a", "a"),
        ("<Uri\n>\n a \n</Uri>", "a"),
        ("<MediaUri>b</MediaUri><Uris>c</Uris><Uri>a</Uri>", "a"),
        ("<Uri/><x:Uri z='1' /><Uri>a</Uri>", "a"),
        ("<Uri><![CDATA[a&amp;<b>]]></Uri>", "a&amp;<b>"),
        ("<Uri>a<!-- <b/> -->c</Uri>", "ac"),
        ("<!-- <Uri>b</Uri> --><Uri>a</Uri>", "a"),
        ("<!-- <Uri>b</Uri> <!-- --><Uri>a</Uri>", "a"),
        ("<q x='Uri>b'/><Uri>a</Uri>", "a"),
        ("<Uri>a&amp;b&#38;c&lt;&quot;</Uri>", 'a&b&c<"'),
        ("<Uri>a&b=1&c</Uri>", "a&b=1&c"),
        ("Uri>b</Uri><uri>c</uri>", ""),
        ("<Uri", ""),
        ("", ""),
    ],
)
def test_the_text_behind_a_name_is_found(inner: str, text: str) -> None:
    assert value(part(inner), "Uri") == text
    assert values(part(inner), "Uri", "Other").get("Uri", "") == text


def test_a_text_that_is_no_utf_8_is_read_as_gb18030_and_spoils_no_other() -> None:
    maker, model = "<Maker>海康威视</Maker>".encode("gbk"), "<Model>球机</Model>".encode()
    found = root_of(b"<Envelope>" + maker + model + b"<Serial>a\xff</Serial></Envelope>", "Envelope")
    assert found is not None
    assert values(found, "Maker", "Model", "Serial") == {"Maker": "海康威视", "Model": "球机", "Serial": "a\ufffd"}


@pytest.mark.parametrize(("tags", "text"), [(10, "海"), (MOST_RUNS, "\ufffd\ufffd")])
def test_after_thousands_of_tags_the_rest_is_read_as_one_text(tags: int, text: str) -> None:
    found = root_of(b"<Envelope>" + b"<a/>" * tags + b"<Maker>\xba\xa3</Maker><b>\xff</b></Envelope>", "Envelope")
    assert found is not None
    assert value(found, "Maker") == text


def test_the_first_of_several_counts() -> None:
    assert values(part("<A>1</A><B>2</B><A>3</A>"), "A", "B", "C") == {"A": "1", "B": "2"}
    assert value(part("<A>1</A><A>2</A>"), "A") == "1"


def test_an_element_ends_with_its_tag_or_where_the_next_one_begins() -> None:
    inner = "<S><X>1</X></S><X>no</X><p:S a='2'><X>2</X><S/><S>3"
    found = list(each(part(inner), "S"))
    assert [value(one, "X") for one in found] == ["1", "2", "", ""]
    assert attribute(found[1], "a") == "2"
    assert [own_text(one) for one in found] == ["", "", "", "3"]


def test_what_is_not_in_an_element_is_not_found_in_it() -> None:
    listed = part("<Media/><PTZ><XAddr>ptz</XAddr></PTZ>")
    media = first(listed, "Media")
    assert media is not None
    assert value(media, "XAddr") == ""
    assert first(listed, "Events", "Imaging") is None


@pytest.mark.parametrize(
    ("tag", "token"),
    [("token='a'", "a"), ('x="1" token = "a&amp;b"', "a&b"), ("mytoken='b'", ""), ("token=a", ""), ("", "")],
)
def test_an_attribute_is_found_by_its_name(tag: str, token: str) -> None:
    (only,) = each(part(f"<P {tag}><Q token='no'/></P>"), "P")
    assert attribute(only, "token") == token


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"\xef\xbb\xbf\r\n junk <?xml version='1.0' encoding='gbk'?><!DOCTYPE a><s:Envelope>x</", "x"),
        (b"<Envelope>a</Envelope><Envelope>b</Envelope>", "a"),
        (b"<Envelope>a</\0<Envelope>", "a"),
        (b"<Envelope>a\x01\xffb</Envelope>", "a \ufffdb"),
        (b"<Envelope>a", ""),
        (b"<Envelope>a<", ""),
        (b"<Envelope>a<![CDATA[b]", ""),
        (b"<Envelope>a\0</Envelope>", ""),
        (b"<html><Envelope>a</Envelope></html>", None),
        (b"Envelope>", None),
    ],
)
def test_the_root_is_the_first_tag_of_a_body(body: bytes, found: str | None) -> None:
    root = root_of(body, "Envelope")
    assert (None if root is None else own_text(root)) == found


LEAVES = st.dictionaries(st.sampled_from("ABCDE"), st.text(st.characters(codec="utf-8", exclude_categories=["C"])))


@given(st.lists(LEAVES, max_size=4), st.sampled_from(["", "p:", "a-b.c:"]))
def test_sound_xml_is_read_as_a_parser_reads_it(rows: list[dict[str, str]], prefix: str) -> None:
    names: dict[Any, str] = {prefix.removesuffix(":") or None: "urn:x"}  # None is lxml's name for no prefix
    root = etree.Element("{urn:x}Envelope", nsmap=names)
    for row in rows:
        line = etree.SubElement(root, "{urn:x}Row", token="".join(sorted(row)))
        for name, text in row.items():
            etree.SubElement(line, f"{{urn:x}}{name}").text = text
    envelope = root_of(etree.tostring(root, encoding="utf-8", xml_declaration=True), "Envelope")
    assert envelope is not None
    told = [(attribute(line, "token"), [value(line, name) for name in "ABCDE"]) for line in each(envelope, "Row")]
    assert told == [("".join(sorted(row)), [row.get(name, "").strip() for name in "ABCDE"]) for row in rows]
