"""Markup searched as it stands: prefixes, declarations, order and missing ends do not matter, and no tree is built.

Cameras send XML that parsers refuse: undeclared prefixes, bare ampersands, bodies cut short. What is wanted of it is
the text behind a name, and only if a tag follows: where a body was cut, what stands before the cut may be half a value.
Must never expand an entity, raise anything for what came in, or look at any part of a text more
than a few times for one question, however it is nested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NewType
from xml.sax.saxutils import escape, unescape

Part = NewType("Part", str)  # an element from behind its name on: attributes, ">", what is in it, the next tag's start

MOST_RUNS: Final = 10_000  # between tags, decoded one by one; what follows is as the last of them

_CONTROL: Final = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_TO_SPACES: Final = bytes.maketrans(_CONTROL, b" " * len(_CONTROL))
# A quantifier with a plus gives nothing back: so a search goes over a text once, whatever stands there. None follows
# a group that may fail in its middle: Python 3.11.2 then does not go back to where the group began.
_PREFIX: Final = r"(?:[A-Za-z_][^<>/:= \t\r\n]{0,40}+:)?"
_TAG: Final = "(?=<[^!])"  # behind a text: one that a mark cuts in two is put together before
_OWN: Final = re.compile(rf"[^>]*+>([^<]*+){_TAG}")
_LONGEST_PREFIX: Final = len("</") + 41 + len(":")  # characters before the name in a closing tag
_ROOT: Final = re.compile(rf"<{_PREFIX}([A-Za-z_][\w.-]{{0,40}}+)")
_REFERENCE: Final = re.compile(r"&#(?:x([0-9a-fA-F]{1,5})|([0-9]{1,6}));")
_NAMED: Final = {"&quot;": '"', "&apos;": "'"}


def root_of(body: bytes, name: str) -> Part | None:
    """The first element of a body if it has this name.

    A body begins with its first tag and ends with its first NUL: behind that some devices send what lies in their
    memory. It is UTF-8 whatever it declares; a text in it that is none may be GB18030, as makers' names are.
    """
    if b"\0" in body:
        body = body[: body.index(b"\0")]
    text = _decoded(body[max(0, body.find(b"<")) :].translate(_TO_SPACES))
    if "!" in text and "<!" in text:  # nearly never, and one character is sooner looked for than two
        text = _without(_plain_data(text), "<!--", "-->")
    found = _ROOT.search(text)
    if found is None or found[1] != name:
        return None
    begin = found.end()
    end = text.find(f"{name}>", begin)  # of its closing tag: what follows is another message
    return Part(text[begin:end] if end >= 0 else text[begin:])


def first(part: Part, *names: str) -> Part | None:
    """The first element of one of these names, the names in their order."""
    for name in names:
        found = _opening(name).search(part)
        if found is not None:
            return _until_closed(part, name, found.end(), len(part))
    return None


def each(part: Part, name: str) -> Iterator[Part]:
    """Every element of this name, each ending where the next one begins: none is looked at within another."""
    begin = -1
    for found in _opening(name).finditer(part):
        if begin >= 0:
            yield _until_closed(part, name, begin, found.start() + 2)
        begin = found.end()
    if begin >= 0:
        yield _until_closed(part, name, begin, len(part))


def openings(part: Part, names: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Every opening tag of these names: its name, its attributes, and the text from it to the next tag; "" for none.

    For whoever wants much of a long text: this goes over it once.
    """
    return _openings(names).findall(part)


def values(part: Part, *names: str) -> dict[str, str]:
    """The texts of the first elements of these names, of those that are there."""
    found = _with_text(names).findall(part)
    return {name: plain(text) for name, text in reversed(found)}


def value(part: Part, name: str) -> str:
    """The text of the first element of this name; "" when there is none."""
    found = _with_text((name,)).search(part)
    return "" if found is None else plain(found[2])


def own_text(part: Part) -> str:
    """The text at the beginning of an element."""
    found = _OWN.match(part)
    return "" if found is None else plain(found[1])


def closes(part: Part, *names: str) -> bool:
    """Whether the last element of one of these names has its end: nothing in it was cut off."""
    return any(_closing(name).search(part, max(0, part.rfind(name) - _LONGEST_PREFIX)) for name in names)


def attribute(part: str, name: str) -> str:
    """The value of an element's attribute; "" when it has none."""
    found = _attribute(name).search(part.partition(">")[0])
    return "" if found is None else plain(found[1] or found[2] or "")


def plain(written: str) -> str:
    """What was written, its references resolved; those beyond Unicode are dropped."""
    if "&" not in written:
        return written.strip()
    return unescape(_REFERENCE.sub(_character, written), _NAMED).strip()


@cache
def _opening(name: str) -> re.Pattern[str]:
    return re.compile(rf"<{_PREFIX}{name}(?=[\s/>])")


@cache
def _openings(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"<{_PREFIX}{_one_of(names)}(?=[\s/>])([^<>]*+)(?:(?<!/)>([^<]*+){_TAG}|>?+)")


@cache
def _closing(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{_PREFIX}{name}\s*+>")


@cache
def _with_text(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"<{_PREFIX}{_one_of(names)}(?:\s[^<>]*+)?+(?<!/)>([^<]*+){_TAG}")


def _one_of(names: tuple[str, ...]) -> str:
    """One look at the initial spares the others to be tried one after the other: most tags are none of them."""
    initials = "".join(sorted({name[0] for name in names}))
    return rf"(?=[{initials}])({'|'.join(names)})"


@cache
def _attribute(name: str) -> re.Pattern[str]:
    return re.compile(rf"""(?:^|\s){name}\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")


def _until_closed(text: str, name: str, begin: int, end: int) -> Part:
    """From there to the start of the closing tag of that name, or to the end where it never comes."""
    head = text.find(">", begin, end)
    if head >= 0 and text[head - 1] == "/":
        return Part(text[begin : head + 1])
    closed = _closing(name).search(text, begin, end)
    return Part(text[begin : end if closed is None else closed.start() + 2])


def _character(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return "" if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        runs = data.split(b"<", MOST_RUNS)  # no character of either encoding has this byte in it
        return "<".join(map(_decoded_run, runs))


def _decoded_run(run: bytes) -> str:
    """From one tag to the next: what is wrong in one spoils no other."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return run.decode(encoding)
        except UnicodeDecodeError:
            continue
    return run.decode("utf-8", "replace")


def _plain_data(text: str) -> str:
    """CDATA sections written as plain text; what follows one that never ends is left out."""
    head, *sections = text.split("<![CDATA[")
    parts = [head]
    for section in sections:
        data, ended, rest = section.partition("]]>")
        if ended:
            parts += escape(data), rest
    return "".join(parts)


def _without(text: str, begin: str, end: str) -> str:
    """Without what stands between these marks; what follows a mark without its end is left out."""
    head, *tails = text.split(begin)
    kept = [head]
    for tail in tails:
        _, ended, rest = tail.partition(end)
        if ended:
            kept.append(rest)
    return "".join(kept)
