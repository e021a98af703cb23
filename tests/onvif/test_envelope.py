"""Our requests are well-formed, and show a password as the profile says and in no other way."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Credentials, Secret
from monitor.onvif.envelope import (
    GET_CAPABILITIES,
    GET_SERVICES,
    GET_SYSTEM_DATE_AND_TIME,
    Call,
    Media,
    get_profiles,
    get_stream_uri,
    username_token,
)

AT = datetime(2010, 9, 16, 7, 50, 45, 123999, tzinfo=UTC)
VISIBLE = st.text(st.characters(min_codepoint=0x20, exclude_categories=("Cc", "Cs", "Cn")))


@pytest.mark.parametrize("media", Media)
def test_every_question_is_well_formed_and_in_its_namespace(media: Media) -> None:
    calls = [GET_SYSTEM_DATE_AND_TIME, GET_SERVICES, GET_CAPABILITIES, get_profiles(media), get_stream_uri(media, "a")]
    for call in calls:
        root = ET.fromstring(call.envelope())
        assert root[-1][0].tag == f"{{{call.namespace}}}{call.name}"
        assert call.name.encode() in call.content_type


def test_the_digest_is_that_of_the_worked_example() -> None:
    # ONVIF Application Programmer's Guide, version 1.0, section 6.1.1.3
    nonce = base64.b64decode("LKqI6G/AikKCQrN0zqZFlg==")
    token = username_token(Credentials("user", Secret("userpassword")), nonce, AT)
    for part in ("user", "tuOSpGlFlIXsozq4HFNeeGeFLEI=", "LKqI6G/AikKCQrN0zqZFlg==", "2010-09-16T07:50:45Z"):
        assert f">{part}<" in token


@given(VISIBLE, VISIBLE.filter(lambda text: len(text) > 3))
def test_no_name_or_profile_breaks_a_request_and_no_password_stands_in_it(name: str, password: str) -> None:
    header = username_token(Credentials(name, Secret(f"pass-{password}")), b"n" * 16, AT)
    body = Call("urn:x", "Y").envelope(header)
    root = ET.fromstring(body)
    assert next(each.text or "" for each in root.iter() if each.tag.endswith("}Username")) == name
    assert f"pass-{password}".encode() not in body
    profile = ET.fromstring(get_stream_uri(Media.ONE, name).envelope())
    assert next(each.text or "" for each in profile.iter() if each.tag.endswith("}ProfileToken")) == name
