"""Signatures of acts: what exactly is signed, and whether a signature fits. Ed25519 (RFC 8032) by ``cryptography``.

Signed are three lines joined by a line feed, in UTF-8: ``sharp-eyes act 1``, the kind, and the body in canonical JSON
with ``null`` in place of the signature. They are made from the body *as it is stored*, never from a value that was read
from it: a field that a later version adds must not break the signatures of today. Keys are never printed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from monitor.acts.events import KIND_OF, KINDS, Act, Signature, Stamp
from monitor.canonical import Unreadable, canonical, read, written

PREFIX: Final = "sharp-eyes act 1"

Deed = TypeVar("Deed", bound=Act)


@dataclass(frozen=True, slots=True)
class Written:
    """An act and its written form, from which digest and signature are checked."""

    kind: str
    body: str
    act: Act

    @property
    def stamp(self) -> Stamp:
        """Who did it; only acts with a stamp are kept in this form."""
        stamp = self.act.stamp
        assert stamp is not None, "an act of a person has a stamp"
        return stamp

    @property
    def digest(self) -> str:
        """64 hex digits that stand for everything in the act but its signature."""
        return hashlib.sha256(signed_bytes(self.kind, self.body)).hexdigest()

    @property
    def intact(self) -> bool:
        """Whether its signature fits its content and its own key; False without one."""
        signature = self.stamp.signature
        return signature is not None and _fits(signature, signed_bytes(self.kind, self.body))


@dataclass(frozen=True, slots=True)
class Recorded(Written):
    """An act as it stands in the record."""

    recorded_at: datetime


def written_act(act: Act) -> Written:
    """The act with its written form."""
    return Written(KIND_OF[type(act)], written(act), act)


def read_act(kind: str, body: str) -> Act:
    """The act of a kind and body; Unreadable when they do not fit."""
    if kind not in KINDS:
        raise Unreadable(f"unknown kind {kind!r}")
    act: Act = read(KINDS[kind], body)
    return act


def signed(act: Deed, key: Ed25519PrivateKey) -> Deed:
    """The act with its signature."""
    stamp = act.stamp
    assert stamp is not None, "only an act of a person is signed"
    plain = written_act(act)
    signature = Signature(public_text(key.public_key()), _text(key.sign(signed_bytes(plain.kind, plain.body))))
    return replace(act, stamp=replace(stamp, signature=signature))


def signed_bytes(kind: str, body: str) -> bytes:
    """What the signature of an act of this kind and body is about; ValueError when the body is no act's."""
    content = json.loads(body)
    if not (isinstance(content, Mapping) and isinstance(content.get("stamp"), dict)):
        raise Unreadable("an act without a stamp")
    content = {**content, "stamp": {**content["stamp"], "signature": None}}
    return "\n".join((PREFIX, kind, canonical(content))).encode("utf-8")


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as contracts name it: base64 of 32 bytes."""
    return _text(key.public_bytes_raw())


def _fits(signature: Signature, content: bytes) -> bool:
    try:
        key, value = _bytes(signature.key), _bytes(signature.value)
        Ed25519PublicKey.from_public_bytes(key).verify(value, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    """ValueError for anything but the one way to write these bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    if _text(data) != text:
        raise ValueError("written in another way")
    return data
