"""The evidence of a suggested exclusion, in words for both parties."""

from __future__ import annotations

from monitor.cli.people.reasons import reason
from monitor.incidents import Clue, Evidence, Origin, Reference, Suspect
from monitor.model import Cause
from monitor.outages import Run

RUN = Run(0, 100, (Cause.TCP_TIMEOUT,))
FELL = Evidence(Clue.FELL_TOGETHER, 2, 2)


def test_a_guess_names_what_it_presumes_how_sure_it_is_and_why() -> None:
    said = reason(Reference("i", Suspect(Origin.UPLINK, "L1"), 0.66, (FELL,)), None, RUN)
    assert said.startswith("事件 i，推定：上联线路 L1（把握 66 %）：")
    assert "incident i, presumed: the uplink L1 (confidence 66 %): " in said


def test_a_guess_that_proved_wrong_says_what_was_presumed_and_nothing_that_spoke_for_it() -> None:
    wrong = Reference("i", Suspect(Origin.UPLINK, "L1"), 0.03, (FELL, Evidence(Clue.REFUTED)), refuted=True)
    assert reason(wrong, None, RUN) == (
        "事件 i，曾推定：上联线路 L1，后不成立 / incident i, was presumed the uplink L1, which proved wrong"
    )
