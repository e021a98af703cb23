"""The JSON Schema of a contract and its reader: the same keys, types, choices and ranges, tried on both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from monitor.errors import Fault
from monitor.parsing.section import whole_file
from monitor.settings.agreement import read_agreement

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "config" / "contract.example.yml"
SCHEMA: dict[str, Any] = json.loads((ROOT / "config" / "schema" / "contract.schema.json").read_text("utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
KEY = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

# Every form a value can have; each is tried under every key.
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 0.005, 0.01, 0.5, 1, 1.5, 2, 8, 100, 9999, 10000, 10001, 100000, 100001, -1),
    *(1000000000000, "", " ", "a", "a b", "x" * 64, "x" * 65, "x" * 200, "x" * 201, "Asia/Shanghai"),
    *("8h", "24h", "90", "1 h", "h", "8:00", "08:00", "24:00", "25:00", "08:00-18:00", "22:00-24:00", "8-18"),
    *("2026-01-31", "1969-01-31", "2026-13-01", "2026", KEY, KEY[:-2] + "B=", KEY.removeprefix("ed25519:")),
    *("month", "quarter", "down", "snapshots", "village", "points", "rate", "school", "camera_fault", "late_repair"),
    *([], {}, ["a"], ["8h"], [None], [["a"]], ["08:00-18:00"], ["09:00", "15:00"], ["school"], [1]),
    *([{"below": 0.9, "points": 1}], [{"below": 0.9}], [{"points": 1}], [{"below": 90, "share": 0.1}]),
    *([{"below": 0.9, "amount": 5}], [{"below": 0.9, "amount": 5, "share": 0.1}], {"name": "A"}, {"cap": "1h"}),
    *({"accepted": False, "cap": "1h"}, {"accepted": False}, {"normal": "1h"}, {"major": "48h"}, {"major_cameras": 3}),
    *({"major": "48h", "major_cameras": 3}, {"items": []}, {"items": [{"id": "a", "kind": "declared", "points": 1}]}),
    *({"fee": 5, "by": "rate", "steps": [{"below": 0.9, "share": 0.1}]}, {"fee": 5, "by": "rate", "per_point": 0.1}),
    *({"carriers": ["a"]}, {"carrier": ["a"]}),
)

# What a schema cannot say, and the reader alone does: how long a duration may be, decimals, the calendar, zones, what
# keys ask of each other. Texts of the reader's faults; one about something else is a disagreement.
BEYOND_SCHEMA = (
    "must be from 1m to 366d",
    "must be from 0s to 366d",
    "with at most two decimals",
    "is not on the calendar",
    "is not a time zone",
    "two spans overlap",
    "must lie below the one before it",
    "must cost more",
    "a step costs more than deduction.fee",
    "must not be",
    "must be from scorecard.floor to scorecard.start",
    "points needs a scorecard",
    "late_repair needs repair limits",
    "is already the item on line",
    "has the vendor's key",
)


def full() -> dict[str, Any]:
    """The example with every key written, so that each can be tried in its place."""
    contract: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    contract["from"], contract["to"] = str(contract["from"]), str(contract["to"])
    contract["parties"]["office"]["key"] = KEY
    contract["parties"]["vendor"]["key"] = KEY.replace("11", "22")
    contract["may_overlap"] = ["other"]
    contract["scope"]["categories"] = ["school"]
    contract["scope"] |= {
        key: ["a"] for key in ("cameras", "sites", "villages", "towns", "carriers", "uplinks", "recorders", "vendors")
    }
    contract["exclusions"]["carrier_line"] = {"accepted": True, "approval": False, "cap": "1h", "cap_share": 0.1}
    return contract


FULL = full()


def faults(contract: Any) -> list[str]:
    """What the reader says; JSON is YAML."""
    found: list[Fault] = []
    section = whole_file(json.dumps(contract, ensure_ascii=False).encode(), "contract.yml", found)
    if section is not None:
        with section as top:
            for key in ("id", "title"):
                top.need(key, str)
            read_agreement(top, "a", "Asia/Shanghai")
    return [str(fault) for fault in found]


def agree(contract: Any) -> bool:
    """What the schema refuses the reader refuses, and what it takes the reader takes, as far as a schema can say."""
    said = faults(contract)
    if VALIDATOR.is_valid(contract):
        return all(any(words in fault for words in BEYOND_SCHEMA) for fault in said)
    return bool(said)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every key and list place of a tree."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*path, key)
        yield from places(part, (*path, key))


def alike(place: tuple[str | int, ...]) -> bool:
    """Whether another place stands for this one: a later step, a later item's id, one more list of names."""
    later_step = "steps" in place and place[-1] != "steps" and 0 not in place[place.index("steps") :]
    later_item = place[:2] == ("scorecard", "items") and place[-1] in ("id", "title") and place[2] != 0
    another_list = len(place) == 3 and place[0] == "scope" and place[1] not in ("cameras", "categories", "vendors")
    return later_step or later_item or another_list or place in {("id",), ("title",)}


PLACES = [place for place in places(FULL) if not alike(place)]


CARD: dict[str, Any] = {"items": [{"id": "a", "kind": "declared", "points": 1}]}
NEEDED: dict[str | int, dict[str, Any]] = {"scorecard": {"repair": {}}, "deduction": {"scorecard": CARD}}


def around(place: tuple[str | int, ...]) -> dict[str, Any]:
    """A contract of the example's section in which the place is, and of what that section needs."""
    contract: dict[str, Any] = {"id": "a", "title": "A"}
    for section in place[:1]:
        contract |= deepcopy(NEEDED.get(section, {})) | {str(section): deepcopy(FULL[str(section)])}
    return contract


def at(contract: Any, place: tuple[str | int, ...]) -> Any:
    for key in place:
        contract = contract[key]
    return contract


def replaced(place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    contract = around(place)
    at(contract, place[:-1])[place[-1]] = deepcopy(value)
    return contract


def test_the_schema_is_one_and_takes_the_example() -> None:
    Draft7Validator.check_schema(SCHEMA)
    for contract in (FULL, {"id": "a", "title": "A"}):
        assert [error.message for error in VALIDATOR.iter_errors(contract)] == []
        assert faults(contract) == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_schema_and_reader_agree_on_every_value_under_every_key(place: tuple[str | int, ...]) -> None:
    for value in VALUES:
        contract = replaced(place, value)
        assert agree(contract) or (lenient(value) and not faults(contract)), (value, faults(contract))


def lenient(value: Any) -> bool:
    """Forms the reader takes although an editor should not offer them; the schema may refuse them."""
    return value is None or value in ([], {}, "90", "2026") or isinstance(value, bool)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_schema_and_reader_miss_the_same_keys(place: tuple[str | int, ...]) -> None:
    contract = around(place)
    del at(contract, place[:-1])[place[-1]]
    assert agree(contract), faults(contract)


@pytest.mark.parametrize(
    "place",
    [(), *(place for place in PLACES if isinstance(at(FULL, place), dict))],
    ids=lambda place: ".".join(map(str, place)) or "top",
)
def test_schema_and_reader_refuse_an_unknown_key_in_every_section(place: tuple[str | int, ...]) -> None:
    contract = around(place)
    at(contract, place)["unheard_of"] = 1
    assert not VALIDATOR.is_valid(contract)
    assert faults(contract)


DOCUMENT = (ROOT / "docs" / "configuration.md").read_text("utf-8")


def documented(schema: dict[str, Any], prefix: str) -> Iterator[str]:
    """Every key that has a value of its own, as the documentation writes it."""
    schema = resolved(schema)
    if "properties" in schema:
        for key, inner in schema["properties"].items():
            name = "CAUSE" if prefix == "contract.exclusions" else key
            yield from documented(inner, f"{prefix}.{name}")
        return
    yield prefix
    items = schema.get("items")
    if items is not None and "properties" in resolved(items):
        yield from documented(items, f"{prefix}[]")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Without references, and without the null that may stand in its place."""
    while True:
        if "$ref" in schema:
            schema = SCHEMA["definitions"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema and {"type": "null"} in schema["anyOf"]:
            schema = schema["anyOf"][0]
        else:
            return schema


def test_every_key_is_documented_and_stands_in_the_example() -> None:
    keys = sorted(set(documented(SCHEMA, "contract")))
    assert len(keys) > 50
    assert not [key for key in keys if f"| `{key}` |" not in DOCUMENT]
    example = EXAMPLE.read_text("utf-8")
    assert not [key for key in keys if f"{key.rpartition('.')[2]}:" not in example and "scope" not in key]


def test_no_key_is_documented_that_nobody_reads() -> None:
    written = set(re.findall(r"^\| `(contract\.[\w.\[\]]+)` \|", DOCUMENT, re.MULTILINE))
    steps = {f"contract.deduction.steps[].{key}" for key in ("below", "share", "amount")}  # differ by points and rate
    assert written == set(documented(SCHEMA, "contract")) | steps
