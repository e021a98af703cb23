"""Files of acts that are carried from one party to the other: one act a line, in canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from monitor.acts import Written, read_act
from monitor.canonical import Unreadable, canonical
from monitor.cli.faults import told
from monitor.cli.people import texts
from monitor.errors import SharpEyesError
from monitor.language import Language
from monitor.reading import MEGABYTE, read_at_most
from monitor.reading import Unreadable as TooLarge
from monitor.writing import whole_file

LARGEST = 16 * MEGABYTE  # ten thousand acts have six


def write_acts(path: Path, acts: Sequence[Written]) -> None:
    """One line an act; the file is there whole or not at all."""
    lines = [canonical({"kind": act.kind, "body": json.loads(act.body)}) for act in acts]
    with whole_file(path) as file:
        file.writelines(f"{line}\n".encode() for line in lines)


def read_acts(path: Path, language: Language) -> list[Written]:
    """Every act of the file, in its order; SharpEyesError names the first line that is none."""
    try:
        text = read_at_most(path, LARGEST).decode("utf-8")
    except TooLarge as error:
        raise SharpEyesError(f"{path}: {error}") from error
    except UnicodeDecodeError:
        raise SharpEyesError(f"{path}: is not UTF-8: save the file as UTF-8") from None
    found = []
    for number, line in enumerate(text.split("\n"), 1):  # a text in an act may hold other line breaks
        if line.strip():
            try:
                found.append(_act(line))
            except (ValueError, RecursionError) as error:
                what = str(error) if isinstance(error, Unreadable) else "is not JSON"
                why = texts.NO_ACT_FILE[language].format(path=path, line=number, why=told(what, language))
                raise SharpEyesError(why) from error
    if not found:
        raise SharpEyesError(texts.EMPTY_ACT_FILE[language].format(path=path))
    return found


def _act(line: str) -> Written:
    raw = json.loads(line)
    if not isinstance(raw, dict) or raw.keys() != {"kind", "body"} or not isinstance(raw["kind"], str):
        raise Unreadable("kind and body expected")
    body = canonical(raw["body"])
    act = read_act(raw["kind"], body)
    if act.stamp is None:
        raise Unreadable("an act without a stamp")
    return Written(raw["kind"], body, act)
