"""The report as PDF where its library is not installed; ``tests/real/test_pdf.py`` reads what comes out elsewhere."""

from __future__ import annotations

import sys

import pytest

from monitor.errors import PartsMissing
from monitor.language import Language
from monitor.render import to_pdf


@pytest.mark.parametrize(
    ("language", "instead"), [(Language.ZH, "也可用浏览器打印 html"), (Language.EN, "prints the format html")]
)
def test_without_weasyprint_the_message_says_what_to_install_and_what_to_do_instead(
    language: Language, instead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # how Python remembers that there is none
    with pytest.raises(PartsMissing) as caught:
        to_pdf(b"<!DOCTYPE html><p>x", language)
    said = str(caught.value)
    assert "pip install weasyprint" in said
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in said
    assert instead in said
