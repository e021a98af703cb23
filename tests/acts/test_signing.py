"""What is signed, to the byte, and that nothing else passes for it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from monitor.acts import ExclusionProposed, Recorded, Signature, read_act, signed, written_act
from monitor.acts.signing import Written, signed_bytes
from monitor.canonical import Unreadable, canonical
from tests.acts.samples import NOON, PROPOSED, VENDOR_KEY

OURS = written_act(signed(PROPOSED, VENDOR_KEY))


def with_body(body: str) -> Written:
    return Written(OURS.kind, body, read_act(OURS.kind, body))


def test_the_signed_bytes_never_change() -> None:
    assert signed_bytes(OURS.kind, OURS.body).decode("utf-8") == (
        'sharp-eyes act 1\nexclusion_proposed\n{"cause":"power","end_at":1792454400000000,"evidence":'
        '"供电所通知 17 号","scope":{"camera_ids":["c1"],"carriers":[],"categories":[],"recorders":[],"sites":[],'
        '"towns":[],"uplinks":[],"vendors":[],"villages":[]},'
        '"stamp":{"by":{"name":"王工","role":"vendor"},"contract":"qinghe-2026","id":"7f3a09c1d2",'
        '"made_at":1792468800000000,"signature":null},"start_at":1792440000000000,"text":"全村停电"}'
    )


def test_a_third_party_verifies_a_signature_without_this_program() -> None:
    body = json.loads(OURS.body)
    signature = body["stamp"]["signature"]
    body["stamp"]["signature"] = None
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["key"]))
    signed_text = f"sharp-eyes act 1\n{OURS.kind}\n{text}".encode()
    key.verify(base64.b64decode(signature["value"]), signed_text)
    assert hashlib.sha256(signed_text).hexdigest() == OURS.digest


def test_a_signature_does_not_change_what_is_signed() -> None:
    assert written_act(PROPOSED).digest == OURS.digest
    assert OURS.intact
    assert not written_act(PROPOSED).intact


def test_the_same_content_as_another_kind_is_another_act() -> None:
    assert not Written("exclusion_approved", OURS.body, OURS.act).intact


@given(st.data())
def test_any_other_character_anywhere_breaks_the_signature_or_makes_it_unreadable(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(OURS.body) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda char: char != OURS.body[place]))
    body = OURS.body[:place] + other + OURS.body[place + 1 :]
    try:
        altered = with_body(body)
    except Unreadable:
        return
    if canonical(json.loads(body)) != OURS.body:  # a space between two tokens says the same
        assert not altered.intact


@pytest.mark.parametrize(
    "signature",
    [
        Signature("", ""),
        Signature("AAAA", "AAAA"),
        Signature("!", "!"),
        Signature("A" * 43 + "=", "A" * 86 + "=="),
    ],
)
def test_what_is_no_signature_fits_nothing(signature: Signature) -> None:
    assert not written_act(replace(PROPOSED, stamp=replace(PROPOSED.stamp, signature=signature))).intact


def test_a_signature_is_written_in_one_way_only() -> None:
    signature = signed(PROPOSED, VENDOR_KEY).stamp.signature
    assert signature is not None
    for value in (signature.value + "\n", signature.value.rstrip("="), " " + signature.value):
        other = replace(signature, value=value)
        assert not written_act(replace(PROPOSED, stamp=replace(PROPOSED.stamp, signature=other))).intact


def test_a_field_a_later_version_adds_leaves_today_s_signatures_whole() -> None:
    """The body stays as it was stored; the value read from it may have more fields."""
    body = canonical({name: value for name, value in json.loads(OURS.body).items() if name != "evidence"})
    older = Written(OURS.kind, body, read_act(OURS.kind, body))
    assert isinstance(older.act, ExclusionProposed)
    value = VENDOR_KEY.sign(signed_bytes(older.kind, older.body))
    content = json.loads(body)
    content["stamp"]["signature"]["value"] = base64.b64encode(value).decode("ascii")
    body = canonical(content)
    assert Recorded(OURS.kind, body, read_act(OURS.kind, body), NOON).intact


def test_an_act_without_a_stamp_is_no_act_to_sign() -> None:
    for body in ('{"author":"a","text":"b"}', "[]", '{"stamp":null}'):
        with pytest.raises(Unreadable):
            signed_bytes("note", body)
