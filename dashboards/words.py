"""Units, states and names that several boards share, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType

from dashboards.model import Choice, Colour, Link, Unit, Word, Words
from monitor.alerting import SEVERITIES as MESSAGES
from monitor.alerting import Severity
from monitor.incidents import Origin
from monitor.language import Phrase
from monitor.model import Cause, Look, State, Verdict
from monitor.notify import Outcome
from monitor.wording import CAUSES, FINDINGS, ORIGINS, STATES


def _same(text: str) -> Phrase:
    return Phrase(text, text)


# ---------------------------------------------------------------- units

RATIO = Unit(_same("percentunit"), 2)  # 0 ... 1 written as a percentage, like the report does
SHARE = Unit(_same("percentunit"), 1)
NUMBER = Unit(_same("none"), 0)
CAMERAS = Unit(Phrase("suffix: 台", "none"), 0)
SITES = Unit(Phrase("suffix: 处", "none"), 0)
TIMES = Unit(Phrase("suffix: 次", "none"), 0)
MULTIPLE = Unit(_same("suffix: ×"), 2)
HOURS = Unit(Phrase("suffix: 台·小时", "suffix: camera-h"), 1)
SECONDS = Unit(_same("s"), 2)
OFF_BY = Unit(Phrase("suffix: 秒", "suffix: s"), 0)  # a clock's error: either sign, never made minutes of
LENGTH = Unit(_same("dtdhms"))  # seconds as 1 d 02:03:04: no words, so no language
BYTES = Unit(_same("bytes"), 1)
BITS_PER_SECOND = Unit(_same("bps"), 1)
PER_SECOND = Unit(Phrase("suffix: 次/秒", "suffix: /s"), 2)
CORES = Unit(Phrase("suffix: 核", "suffix: cores"), 3)
TEXT = Unit(_same("string"))

# ---------------------------------------------------------------- what values mean

STANDING: Words = MappingProxyType(
    {
        "2": Word(Phrase("达标", "on target"), Colour.GOOD),
        "1": Word(Phrase("略低", "just below"), Colour.NEAR),
        "0": Word(Phrase("不足", "below"), Colour.BAD),
    }
)
WATCHED: Words = MappingProxyType(
    {
        "2": Word(STATES[State.UP], Colour.GOOD),
        "1": Word(STATES[State.DEGRADED], Colour.NEAR),
        "0": Word(STATES[State.DOWN], Colour.BAD),
    }
)
_BLAME = {
    Verdict.GOOD: Colour.GOOD,
    Verdict.PICTURE_FAULT: Colour.NEAR,
    Verdict.FAILED: Colour.BAD,
    Verdict.INCONCLUSIVE: Colour.UNKNOWN,
}
REASONS: Words = MappingProxyType({cause.value: Word(CAUSES[cause], _BLAME[cause.verdict]) for cause in Cause})
SCOPES: Words = MappingProxyType({origin.value: Word(ORIGINS[origin], Colour.PLAIN) for origin in Origin})
FOUND: Words = MappingProxyType({kind.value: Word(text, Colour.NEAR) for kind, text in FINDINGS.items()})
UNDELIVERED: Words = MappingProxyType(
    {
        Outcome.LIMITED.value: Word(Phrase("对方限流", "too many for it"), Colour.NEAR),
        Outcome.REFUSED.value: Word(Phrase("被拒绝", "refused"), Colour.BAD),
        Outcome.FOREIGN.value: Word(Phrase("他人应答（登录页、代理）", "somebody else answered"), Colour.BAD),
        Outcome.UNREACHED.value: Word(Phrase("未送达", "not reached"), Colour.NEAR),
        Outcome.UNANSWERED.value: Word(Phrase("无应答，或已收到", "no answer, it may have arrived"), Colour.NEAR),
        "given_up": Word(Phrase("放弃，消息未达", "given up: the message is lost"), Colour.BAD),
        "partly": Word(Phrase("部分收件人被拒", "refused for some of its readers"), Colour.BAD),
    }
)
# The words of messages, or the wall would call by another name what people are told.
SEVERITIES: Words = MappingProxyType(
    {
        "critical": Word(MESSAGES[Severity.CRITICAL], Colour.BAD),
        "warning": Word(MESSAGES[Severity.WARNING], Colour.NEAR),
        "info": Word(Phrase("提示", "info"), Colour.PLAIN),
        "none": Word(Phrase("心跳", "sign of life"), Colour.GOOD),
    }
)
LOOKS: Words = MappingProxyType(
    {
        Look.FIRST.value: Word(Phrase("首次", "first"), Colour.PLAIN),
        Look.RETURNED.value: Word(Phrase("恢复后", "returned"), Colour.PLAIN),
        Look.IN_DOUBT.value: Word(Phrase("存疑", "in doubt"), Colour.PLAIN),
        Look.ALWAYS.value: Word(Phrase("每帧必看", "always"), Colour.PLAIN),
        Look.OVERDUE.value: Word(Phrase("逾期未看", "overdue"), Colour.PLAIN),
        Look.DUE.value: Word(Phrase("到时", "due"), Colour.PLAIN),
        Look.IDENTICAL.value: Word(Phrase("与上帧相同", "identical"), Colour.PLAIN),
        Look.STREAM_CHANGED.value: Word(Phrase("码流变化", "stream changed"), Colour.PLAIN),
        Look.SIZE.value: Word(Phrase("大小异常", "odd size"), Colour.PLAIN),
    }
)
CHECKS: Words = MappingProxyType({"canaries": Word(Phrase("参照点", "canaries"), Colour.PLAIN)})
HEALTH: Words = MappingProxyType(
    {
        "1": Word(Phrase("正常", "good"), Colour.GOOD),
        "0": Word(Phrase("异常", "failing"), Colour.BAD),
    }
)


def _alerts() -> Words:
    """Each alert by the heading of its runbook, which is the one place that names it in Chinese."""
    found = {}
    for page in sorted((Path(__file__).parent.parent / "docs" / "runbooks").glob("*.md")):
        name, _, zh = page.read_text("utf-8").partition("\n")[0].removeprefix("# ").partition(" · ")
        en = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix("SharpEyes")).capitalize()
        found[name] = Word(Phrase(zh, en), Colour.PLAIN)
    return MappingProxyType(found)


ALERT_NAMES = _alerts()

# ---------------------------------------------------------------- headings of tables

CAMERA_ID = Phrase("编号", "id")
NAME = Phrase("名称", "name")
VILLAGE = Phrase("村", "village")
TOWN = Phrase("乡镇", "town")
SITE = Phrase("重点部位", "site")
CARRIER = Phrase("运营商", "carrier")
UPLINK = Phrase("上联", "uplink")
REASON = Phrase("原因", "cause")
ORIGIN = Phrase("推定起因", "presumed origin")
SEVERITY = Phrase("级别", "severity")
HOW_LONG = Phrase("已持续", "for")
HOW_MANY = Phrase("台数", "cameras")
FINDING = Phrase("发现", "finding")
CHANNEL = Phrase("渠道", "channel")
NONE_NOW = Phrase("当前没有", "none now")

# ---------------------------------------------------------------- links

OVERVIEW, AREA, CAMERA, SLA, MONITOR, ALERTS = (
    f"sharpeyes-{name}" for name in ("overview", "area", "camera", "sla", "monitor", "alerts")
)
# With its town: two towns may have a village of the same name.
TO_VILLAGE = Link(
    Phrase("看这个村", "this village"),
    f"{AREA}?var-town=${{__field.labels.town}}&var-village=${{__field.labels.village}}",
)
TO_VILLAGE_CELL = Link(
    Phrase("看这个村", "this village"), f"{AREA}?var-town=${{__data.fields.town}}&var-village=${{__value.raw}}"
)
# The contract's groups are villages by name alone, of whichever town.
TO_VILLAGES_CELL = Link(Phrase("看这个村", "this village"), f"{AREA}?var-village=${{__value.raw}}")
TO_TOWN = Link(Phrase("看这个乡镇", "this town"), f"{AREA}?var-town=${{__field.labels.town}}")
TO_CAMERA = Link(Phrase("看这台摄像机", "this camera"), f"{CAMERA}?var-camera=${{__value.raw}}")
TO_SLA = Link(Phrase("考核详情", "the contract's figures"), SLA)
TO_MONITOR = Link(Phrase("监测程序", "the monitor"), MONITOR)
TO_ALERTS = Link(Phrase("告警与事件", "alerts and incidents"), ALERTS)
TO_INCIDENTS = Link(Phrase("控制台:依据与修复时限", "console: evidence and repair limits"), "$console/incidents")
TO_RUNBOOK = Link(Phrase("控制台:怎么办", "console: what to do"), "$console/runbooks/${__value.raw}")
TO_CAMERAS = Link(Phrase("控制台:摄像机与画面诊断", "console: cameras and their pictures"), "$console/cameras")
TO_REPORTS = Link(Phrase("控制台:考核报告", "console: reports"), "$console/reports")

# ---------------------------------------------------------------- choices

_INFO = "sharpeyes_camera_info"
COUNTY_CHOICE = Choice("county", Phrase("县", "County"), f"label_values({_INFO}, county)")
TOWN_CHOICE = Choice("town", Phrase("乡镇", "Town"), f'label_values({_INFO}{{county=~"$county"}}, town)')
VILLAGE_CHOICE = Choice(
    "village", Phrase("村", "Village"), f'label_values({_INFO}{{county=~"$county",town=~"$town"}}, village)'
)
CAMERA_CHOICE = Choice(
    "camera",
    Phrase("摄像机", "Camera"),
    f'query_result({_INFO}{{county=~"$county",town=~"$town",village=~"$village"}})',
    several=False,
    pattern=r'/camera_id="(?<value>[^"]+)".*[{,]name="(?<text>[^"]+)"/',
)
AREA_CHOICES = (COUNTY_CHOICE, TOWN_CHOICE, VILLAGE_CHOICE)
