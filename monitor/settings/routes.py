"""The files of Alertmanager and Prometheus against our settings: whether somebody hears, and where links lead.

They are read, never changed. Their grammar others check (``amtool check-config``, ``promtool check config``); here
stands what only two files together can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

import yaml

from monitor.errors import WHOLE_FILE, Fault
from monitor.parsing.yaml_tree import LOADER, Refused, shallow

WEBHOOK = "/api/alertmanager"  # the relay's address
PAST_THE_RELAY = "past-the-relay"  # who hears of what the relay cannot say itself
CHANNELS = "_configs"  # how a receiver's lists of channels end: email_configs, webhook_configs ...
WITHOUT_CHANNELS = frozenset({"heartbeat"})  # a sign of life that nobody is sent is no fault
TOLD_TO_NOBODY = WITHOUT_CHANNELS | {"dashboards-only"}  # receivers that may be routed to and have no channel at all
OUR_END = {"alertname": "SharpEyesMonitorDown", "severity": "critical", "subject": "monitor", "job": "sharpeyes"}
WATCHDOG = {"alertname": "SharpEyesWatchdog", "severity": "none", "subject": "monitor"}
HOURS = frozenset({"active_time_intervals", "mute_time_intervals"})  # a route with them is silent at times

NO_CHANNEL = (
    "has no channel: nobody hears that the monitor is down. Fill in one of the two examples of "
    'config/alertmanager/alertmanager.yml; docs/operations.md, "Who watches the monitor", says how to try it'
)
THROUGH_THE_RELAY = (
    "calls only the relay, which is a part of the monitor: nobody hears that the monitor is down. "
    "Give it a channel of its own"
)
UNHEARD = (
    "has no channel: nobody hears what is routed to it. Give it one, or route to dashboards-only what nobody is to hear"
)
NO_ROUTE = (
    "no route brings it SharpEyesMonitorDown at every hour: nobody hears that the monitor is down. Take over the route "
    "to it of config/alertmanager/alertmanager.yml"
)
ABSENT = f"no receiver is named {PAST_THE_RELAY}: nobody hears that the monitor is down"
MATCHER = re.compile(r'\s*("[^"]*"|[\w:.]+)\s*(=~|!~|!=|=)\s*("(?:\\.|[^"\\])*"|[^",]*)\s*(?:,|$)')
YES = frozenset({"true", "yes", "on"})
MERGE = "tag:yaml.org,2002:merge"  # of the key <<
CONSOLE = "global.external_labels.console"  # with what the links of Prometheus' alerts begin
ELSEWHERE = (
    "is not alerts.link of the settings: the links of alerts and those of messages and dashboards would lead to "
    "two places"
)
NOT_THIS_WAY = (
    "calls the relay, which takes no calls: alerts.path of the settings is not alertmanager, and the console answers "
    "403. Write alerts.path: alertmanager, or stop Alertmanager"
)
UNENDED = (
    "no route brings it SharpEyesWatchdog: it never hears the end of what is muted or inhibited then. Take over the "
    "routes below the one of SharpEyesWatchdog of config/alertmanager/alertmanager.yml"
)
UNKNOWN = "alerts.receivers of the settings has no such receiver: the relay refuses what is sent to it"


def faults_of_routes(
    content: bytes, file: str, known: Collection[str] | None, address_in: Callable[[str], str]
) -> list[Fault]:
    """What is wrong with Alertmanager's configuration, UTF-8.

    ``known`` are the receivers of the settings; None where these do not let Alertmanager call the relay.
    ``address_in`` reads the address that stands in a file named by ``url_file``; "" where it cannot be read here.
    """
    tree = _tree(content, file, "amtool check-config")
    if isinstance(tree, Fault):
        return [tree]

    def calls_the_relay(channel: yaml.Node) -> bool:
        """Whether a channel of a receiver is the webhook of a monitor."""
        written = [(key, _text(value)) for key, value in _entries(channel) if key in ("url", "url_file")]
        urls = [text if key == "url" else address_in(text) for key, text in written]
        return any(re.split("[?#]", url, maxsplit=1)[0].rstrip("/").endswith(WEBHOOK) for url in urls)

    receivers, routed, woken = list(_receivers(tree)), _routed(tree), _hearing(tree, WATCHDOG, frozenset())
    found = [] if any(name == PAST_THE_RELAY for name, _ in receivers) else [Fault(file, 0, "receivers", ABSENT)]
    for name, receiver in receivers:
        line, where = receiver.start_mark.line + 1, f"receivers.{name}"
        channels = [item for key, node in _entries(receiver) if key.endswith(CHANNELS) for item in _items(node)]
        if name == PAST_THE_RELAY:
            if all(map(calls_the_relay, channels)):
                found.append(Fault(file, line, where, THROUGH_THE_RELAY if channels else NO_CHANNEL))
            if name not in _hearing(tree, OUR_END, HOURS):
                found.append(Fault(file, line, where, NO_ROUTE))
        elif name in routed and not channels and name not in TOLD_TO_NOBODY:
            found.append(Fault(file, line, where, UNHEARD))
        if any(map(calls_the_relay, channels)):
            if known is None:
                found.append(Fault(file, line, where, NOT_THIS_WAY))
            elif name not in known and name not in WITHOUT_CHANNELS:
                found.append(Fault(file, line, where, UNKNOWN))
            elif name in routed - woken:
                found.append(Fault(file, line, where, UNENDED))
    return found


def faults_of_links(content: bytes, file: str, link: str) -> list[Fault]:
    """What is wrong with Prometheus' configuration, UTF-8.

    ``link`` is where the settings say that the console is; "": they do not, and the two cannot be compared.
    """
    node = _tree(content, file, "promtool check config")
    if isinstance(node, Fault):
        return [node]
    line = 0
    for name in CONSOLE.split("."):
        node = dict(_entries(node)).get(name)
        line = node.start_mark.line + 1 if node else line
    same = not link or (node is not None and _text(node).rstrip("/") == link.rstrip("/"))
    return [] if same else [Fault(file, line, CONSOLE, ELSEWHERE)]


def _tree(content: bytes, file: str, checker: str) -> yaml.Node | Fault | None:
    """The nodes with their lines, no objects. The composer recurses in C: what is nested too deep must not reach it."""
    try:
        for _ in shallow(yaml.parse(content, LOADER)):
            pass
        tree: yaml.Node | None = yaml.compose(content, LOADER)
    except Refused as refused:
        return Fault(file, refused.line, WHOLE_FILE, refused.what)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return Fault(file, mark.line + 1 if mark else 0, WHOLE_FILE, f"not YAML: run {checker}")
    return tree


def _text(node: yaml.Node) -> str:
    """A plain value; "" for a list or mapping, which aliases can make endless to write out."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _receivers(tree: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    for key, node in _entries(tree):
        for receiver in _items(node) if key == "receivers" else ():
            names = [_text(value) for name, value in _entries(receiver) if name == "name"]
            yield names[0] if names else "", receiver


def _routed(tree: yaml.Node | None) -> set[str]:
    """The receivers that routes name. Each route is looked at once: aliases may name it often, or itself."""
    waiting = [node for key, node in _entries(tree) if key == "route"]
    seen, names = set(), set()
    while waiting:
        route = waiting.pop()
        if id(route) in seen:
            continue
        seen.add(id(route))
        for key, value in _entries(route):
            if key == "receiver":
                names.add(_text(value))
            elif key == "routes":
                waiting += _items(value)
    return names


def _hearing(tree: yaml.Node | None, labels: Mapping[str, str], mute: frozenset[str]) -> set[str]:
    """The receivers that hear of an alert with these labels, by routes that say none of what makes them ``mute``.

    As Alertmanager goes: from the top into each route that matches, up to the first without ``continue``; where none
    below matches, the route itself speaks. Each route is looked at once, as in ``_routed``.
    """
    waiting = [(node, "") for key, node in _entries(tree) if key == "route"]
    seen, names = set(), set()
    while waiting:
        node, above = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        route = dict(_entries(node))
        receiver = _text(route["receiver"]) if "receiver" in route else above
        below = _taken(_items(route["routes"]) if "routes" in route else [], labels)
        waiting += [(inner, receiver) for inner in below]
        if not below and not mute & route.keys():
            names.add(receiver)
    return names


def _taken(routes: list[yaml.Node], labels: Mapping[str, str]) -> list[yaml.Node]:
    """Those of routes beside each other that an alert goes into."""
    taken = []
    for node in routes:
        route = dict(_entries(node))
        if _matches(route, labels):
            taken.append(node)
            if "continue" not in route or _text(route["continue"]).lower() not in YES:
                break
    return taken


def _matches(route: Mapping[str, yaml.Node], labels: Mapping[str, str]) -> bool:
    """Whether all its matchers, of the older forms too, hold; one that cannot be read does not."""
    asked = [(name, "=", _text(value)) for name, value in _entries(route.get("match"))]
    asked += [(name, "=~", _text(value)) for name, value in _entries(route.get("match_re"))]
    written = route.get("matchers")
    for text in map(_text, _items(written) or [written]) if written else ():
        inside = text.strip().removeprefix("{").removesuffix("}")
        if MATCHER.sub("", inside).strip():
            return False
        asked += [(name.strip('"'), sign, _unquoted(value)) for name, sign, value in MATCHER.findall(inside)]
    return all(_holds(labels.get(name, ""), sign, value) for name, sign, value in asked)


def _holds(label: str, sign: str, value: str) -> bool:
    if sign in ("=", "!="):
        return (label == value) is (sign == "=")
    try:
        return (re.fullmatch(value, label) is not None) is (sign == "=~")
    except re.error:
        return False


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value.strip()


def _entries(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    """What a mapping holds, with what ``<<`` merges into it: its own keys first, and no key twice, as YAML has it.

    Each mapping is looked at once, however often aliases name it.
    """
    waiting, merged, given = [node], set(), set()
    while waiting:
        mapping = waiting.pop(0)
        if not isinstance(mapping, yaml.MappingNode) or id(mapping) in merged:
            continue
        merged.add(id(mapping))
        inner: list[yaml.Node | None] = []
        for key, value in mapping.value:
            name = _text(key)
            if key.tag == MERGE:
                inner += _items(value) or [value]
            elif name not in given:
                given.add(name)
                yield name, value
        waiting = inner + waiting


def _items(node: yaml.Node) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
