"""The files of Alertmanager and Prometheus against our settings: whether somebody hears, and where links lead.

They are read, never changed. Their grammar others check (``amtool check-config``, ``promtool check config``); here
stands what only two files together can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import yaml

from monitor.errors import WHOLE_FILE, Fault

WEBHOOK = "/api/alertmanager"  # the relay's address
PAST_THE_RELAY = "past-the-relay"  # who hears of what the relay cannot say itself
CHANNELS = "_configs"  # how a receiver's lists of channels end: email_configs, webhook_configs ...
WITHOUT_CHANNELS = frozenset({"heartbeat"})  # a sign of life that nobody is sent is no fault
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # only its tree is used: nodes with their lines, no objects

NO_CHANNEL = (
    "has no channel: nobody hears that the monitor is down. Fill in one of the two examples of "
    'config/alertmanager/alertmanager.yml; docs/operations.md, "Who watches the monitor", says how to try it'
)
THROUGH_THE_RELAY = (
    "calls only the relay, which is a part of the monitor: nobody hears that the monitor is down. "
    "Give it a channel of its own"
)
NO_ROUTE = (
    "no route leads to it: nobody hears that the monitor is down. Take over the route to it of "
    "config/alertmanager/alertmanager.yml"
)
ABSENT = f"no receiver is named {PAST_THE_RELAY}: nobody hears that the monitor is down"
MERGE = "tag:yaml.org,2002:merge"  # of the key <<
CONSOLE = "global.external_labels.console"  # with what the links of Prometheus' alerts begin
ELSEWHERE = (
    "is not alerts.link of the settings: the links of alerts and those of messages and dashboards would lead to "
    "two places"
)
UNKNOWN = "alerts.receivers of the settings has no such receiver: the relay refuses what is sent to it"


def faults_of_routes(
    content: bytes, file: str, known: Collection[str], address_in: Callable[[str], str]
) -> list[Fault]:
    """What is wrong with Alertmanager's configuration, UTF-8; ``known`` are the receivers of the settings.

    ``address_in`` reads the address that stands in a file named by ``url_file``; "" where it cannot be read here.
    """
    tree = _tree(content, file, "amtool check-config")
    if isinstance(tree, Fault):
        return [tree]

    def calls_the_relay(channel: yaml.Node) -> bool:
        """Whether a channel of a receiver is the webhook of a monitor."""
        written = [(key, str(value.value)) for key, value in _entries(channel) if key in ("url", "url_file")]
        urls = [text if key == "url" else address_in(text) for key, text in written]
        return any(url.rstrip("/").endswith(WEBHOOK) for url in urls)

    receivers = list(_receivers(tree))
    found = [] if any(name == PAST_THE_RELAY for name, _ in receivers) else [Fault(file, 0, "receivers", ABSENT)]
    for name, receiver in receivers:
        line, where = receiver.start_mark.line + 1, f"receivers.{name}"
        channels = [item for key, node in _entries(receiver) if key.endswith(CHANNELS) for item in _items(node)]
        if name == PAST_THE_RELAY:
            if all(map(calls_the_relay, channels)):
                found.append(Fault(file, line, where, THROUGH_THE_RELAY if channels else NO_CHANNEL))
            if name not in _routed(tree):
                found.append(Fault(file, line, where, NO_ROUTE))
        if name not in known and name not in WITHOUT_CHANNELS and any(map(calls_the_relay, channels)):
            found.append(Fault(file, line, where, UNKNOWN))
    return found


def faults_of_links(content: bytes, file: str, link: str) -> list[Fault]:
    """What is wrong with Prometheus' configuration, UTF-8; ``link`` is where the settings say that the console is."""
    node = _tree(content, file, "promtool check config")
    if isinstance(node, Fault):
        return [node]
    line = 0
    for name in CONSOLE.split("."):
        node = dict(_entries(node)).get(name)
        line = node.start_mark.line + 1 if node else line
    same = node is not None and str(node.value).rstrip("/") == link.rstrip("/")
    return [] if same else [Fault(file, line, CONSOLE, ELSEWHERE)]


def _tree(content: bytes, file: str, checker: str) -> yaml.Node | Fault | None:
    try:
        tree: yaml.Node | None = yaml.compose(content, LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return Fault(file, mark.line + 1 if mark else 0, WHOLE_FILE, f"not YAML: run {checker}")
    return tree


def _receivers(tree: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    for key, node in _entries(tree):
        for receiver in _items(node) if key == "receivers" else ():
            names = [value.value for name, value in _entries(receiver) if name == "name"]
            yield str(names[0]) if names else "", receiver


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
                names.add(str(value.value))
            elif key == "routes":
                waiting += _items(value)
    return names


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
            name = str(key.value)
            if key.tag == MERGE:
                inner += _items(value) or [value]
            elif name not in given:
                given.add(name)
                yield name, value
        waiting = inner + waiting


def _items(node: yaml.Node) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
