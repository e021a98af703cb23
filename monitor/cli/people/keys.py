"""Key files: a party's Ed25519 private key, in PEM, for its owner's eyes alone. A key is never printed."""

from __future__ import annotations

import os
import stat
from getpass import getpass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from monitor.acts import public_text
from monitor.cli.exits import Exit
from monitor.cli.people import texts
from monitor.errors import SharpEyesError
from monitor.language import Language

PASSPHRASE: Final = "SHARP_EYES_KEY_PASSPHRASE"
ENCRYPTED: Final = b"ENCRYPTED PRIVATE KEY"
LARGEST: Final = 10_000  # bytes; a key file has about 120


def keygen(path: Path, language: Language, *, encrypted: bool) -> int:
    """Write a new private key into a file only its owner may read, and print the public one."""
    key = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(_new_passphrase(path, language)) if encrypted else NoEncryption()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(content)
    except FileExistsError:
        raise SharpEyesError(texts.KEY_EXISTS[language].format(path=path)) from None
    print(texts.KEY_MADE[language].format(path=path, public=public_text(key.public_key())))
    return Exit.OK


def load_key(path: Path, language: Language) -> Ed25519PrivateKey:
    """The private key of a file; SharpEyesError when others may read it, or when it holds none."""
    try:
        with path.open("rb") as file:
            content, mode = file.read(LARGEST), os.fstat(file.fileno()).st_mode
    except FileNotFoundError:
        raise SharpEyesError(texts.KEY_MISSING[language].format(path=path)) from None
    encrypted = ENCRYPTED in content
    if not encrypted and stat.S_IMODE(mode) & 0o077:
        raise SharpEyesError(texts.KEY_OPEN[language].format(path=path))
    passphrase = _passphrase(path, language) if encrypted else None
    try:
        key = load_pem_private_key(content, passphrase)
    except (ValueError, TypeError):  # neither says more, and neither may show what it read
        wrong = texts.KEY_WRONG_PASSPHRASE if encrypted else texts.KEY_UNREADABLE
        raise SharpEyesError(wrong[language].format(path=path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SharpEyesError(texts.KEY_UNREADABLE[language].format(path=path))
    return key


def _passphrase(path: Path, language: Language) -> bytes:
    given = os.environ.get(PASSPHRASE)
    return (given if given is not None else getpass(texts.ASK_PASSPHRASE[language].format(path=path))).encode("utf-8")


def _new_passphrase(path: Path, language: Language) -> bytes:
    first = _passphrase(path, language)
    if not first:
        raise SharpEyesError(texts.PASSPHRASE_EMPTY[language])
    if PASSPHRASE not in os.environ and getpass(texts.ASK_PASSPHRASE_AGAIN[language]).encode("utf-8") != first:
        raise SharpEyesError(texts.PASSPHRASES_DIFFER[language])
    return first
