"""The documentation says what the program does: causes, commands, configuration, figures, links, languages."""

from __future__ import annotations

import argparse
import ast
import os
import re
import shlex
import tomllib
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from monitor import __version__
from monitor.cli.exits import Exit
from monitor.cli.main import _parser, main
from monitor.language import Language
from monitor.model import Cause, FindingKind, Note, State, Verdict
from monitor.service import FIXED, load_plan
from monitor.sla import percent
from monitor.wording import CAUSES, FINDINGS, NOTES
from tests.test_prometheus_rules import METRIC, exposed

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
SKIPPED = {"build", "dist", "data", "demo-data", "secrets"}


def our_files() -> Iterator[Path]:
    """Every file of the project, without what tools and users leave behind."""
    for folder, inner, names in os.walk(ROOT):
        skipped = SKIPPED if Path(folder) == ROOT else ()
        inner[:] = sorted(  # the others are not entered: tools may be at work in them
            name
            for name in inner
            if (name == ".ci" or not name.startswith("."))
            and not name.endswith((".egg-info", "__pycache__"))
            and name not in skipped
        )
        yield from (Path(folder, name) for name in sorted(names) if name != ".git" and not name.endswith(".db"))


def text_of(path: Path) -> str:
    return path.read_text("utf-8", "replace")


PAGES = [path for path in our_files() if path.suffix == ".md"]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", text_of(page), flags=re.MULTILINE | re.DOTALL)


# ---------------------------------------------------------------- causes

STATE_OF = {
    Verdict.GOOD: State.UP,
    Verdict.PICTURE_FAULT: State.DEGRADED,
    Verdict.FAILED: State.DOWN,
    Verdict.INCONCLUSIVE: State.UNKNOWN,
}


def cause_sections() -> dict[str, str]:
    """Heading to text of every section that is named like a cause, in the page's order."""
    parts = re.split(r"^## (.+)\n", text_of(DOCS / "causes.md"), flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True) if re.match(r"[a-z]", name)}


def test_every_cause_has_its_section_in_order_and_no_section_is_without_a_cause() -> None:
    assert list(cause_sections()) == [cause.value for cause in Cause]


@pytest.mark.parametrize("cause", Cause, ids=lambda cause: cause.value)
def test_a_cause_s_section_names_its_state_and_its_words(cause: Cause) -> None:
    first, _, rest = cause_sections()[cause.value].partition("\n")
    words = CAUSES[cause]
    assert first.startswith(f"**{STATE_OF[cause.verdict].name}** · {words.en} · {words.zh} · ")
    assert re.search(r"[a-z]{2,} [a-z]{2,}", rest)
    assert re.search(r"[\u4e00-\u9fff]{2,}", rest)


def test_every_note_has_its_row_with_its_words() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (.+?) \| (.+?) \|", text_of(DOCS / "causes.md"), re.MULTILINE)
    assert rows == [(note.value, NOTES[note].en, NOTES[note].zh) for note in Note]


def test_every_finding_has_its_row_with_its_words() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (.+?) \| (.+?) \|", text_of(DOCS / "findings.md"), re.MULTILINE)
    assert rows == [(kind.value, FINDINGS[kind].en, FINDINGS[kind].zh) for kind in FindingKind]


# ---------------------------------------------------------------- the two READMEs


def test_both_readmes_show_the_same_blocks_and_link_to_each_other() -> None:
    english, chinese = READMES
    for language in ("sh", "yaml", "csv"):
        assert blocks(english, language) == blocks(chinese, language) != []
    assert f"]({chinese.name})" in "\n".join(text_of(english).splitlines()[:4])
    assert f"]({english.name})" in "\n".join(text_of(chinese).splitlines()[:4])


@pytest.mark.parametrize("page", READMES, ids=name_of)
def test_the_two_commands_come_first(page: Path) -> None:
    assert blocks(page, "sh")[0].split("\n") == ["make demo", "make test", ""]
    assert text_of(page).index("make demo") < 1200


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The README's configuration as a reader would write it down; the settings file."""
    (settings,), (cameras,) = blocks(READMES[0], "yaml"), blocks(READMES[0], "csv")
    folder = tmp_path / "config"
    (folder / "secrets").mkdir(parents=True)
    (folder / "sharp-eyes.yml").write_text(settings, "utf-8")
    (folder / "cameras.csv").write_text(cameras, "utf-8")
    (folder / "secrets" / "hik").write_text("not the real one\n", "utf-8")
    return folder / "sharp-eyes.yml"


def test_the_configuration_of_the_readme_is_short_and_loads(copied: Path) -> None:
    assert len(copied.read_text("utf-8").splitlines()) <= 12
    assert len((copied.parent / "cameras.csv").read_text("utf-8").splitlines()) == 3
    plan = load_plan(copied)
    assert [camera.id for camera in plan.cameras] == ["gate-1", "pond-1"]
    assert {camera.credentials for camera in plan.cameras} == {"hik"}
    assert plan.settings.credentials["hik"].password.reveal() == "not the real one"


def test_the_configuration_of_the_readme_passes_the_readme_s_own_check(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(copied.parent.parent)
    assert main(["check-config", "--lang", "en"]) == Exit.OK
    assert "2 cameras" in capsys.readouterr().out


def commands(page: Path) -> list[str]:
    """Every command a page tells its reader to type: in shell blocks, and in the first column of tables."""
    typed = [line for block in blocks(page, "sh") for line in block.splitlines()]
    typed += re.findall(r"^\| `((?:sharp-eyes|make) [^`]+)` \|", prose(page), re.MULTILINE)
    typed += re.findall(r"`((?:sharp-eyes|make) [a-z][^`…]*)`", prose(page))
    return [command for command in typed if command.startswith(("make ", "sharp-eyes "))]


@cache
def command_line() -> argparse.ArgumentParser:
    return _parser(Language.EN)


def named(words: list[str], parser: argparse.ArgumentParser) -> bool:
    """Whether the words only name a command, in a sentence or a heading, and are not typed as they stand."""
    if not words:
        return True
    return words[0] in subcommands(parser) and named(words[1:], subcommands(parser)[words[0]])


def understood(command: str) -> bool:
    """Whether the program takes the words, or at least knows the command they name."""
    program, *words = shlex.split(command)
    if program == "make":
        return words[0] in re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE)
    if named(words, command_line()):
        return True
    if "--help" in words or len(words) == 1:
        return words[0] in {*subcommands(command_line()), "COMMAND", "命令", "--help", "--version"}
    try:
        command_line().parse_args(words)
    except SystemExit:
        return False
    return True


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_on_a_page_exists(page: Path) -> None:
    assert not [command for command in commands(page) if not understood(command)]


def test_the_readmes_name_every_command() -> None:
    for page in READMES:
        named = {shlex.split(command)[1] for command in commands(page) if command.startswith("sharp-eyes ")}
        assert named == set(subcommands(command_line()))


@pytest.mark.parametrize("page", READMES, ids=name_of)
@pytest.mark.parametrize(("online", "counted"), [(680, 720), (688, 720), (680, 712)])
def test_the_worked_example_is_computed_right(page: Path, online: int, counted: int) -> None:
    shown = percent(Fraction(online, counted))
    exact = str(online * 1_000_000 // counted)
    row = rf"\| {online} ÷ {counted} \| {exact[:2]}\.{exact[2:6]}… \| {re.escape(shown)} % \|"
    assert re.search(row, text_of(page)), row


# ---------------------------------------------------------------- the command line


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def option_names(parser: argparse.ArgumentParser) -> set[str]:
    own = {name for action in parser._actions for name in action.option_strings if name.startswith("--")}
    return own.union(*map(option_names, subcommands(parser).values())) - {"--help"}


def test_every_option_is_explained_and_no_other() -> None:
    page = text_of(DOCS / "command-line.md")
    explained = set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE)) | set(re.findall(r"`(--[a-z-]+) HASH`", page))
    assert explained == option_names(command_line())


def test_every_command_and_every_exit_code_is_explained() -> None:
    page = text_of(DOCS / "command-line.md")
    below = subcommands(command_line())
    names = {f"{name} {deeper}" for name, parser in below.items() for deeper in subcommands(parser)}
    names |= {name for name, parser in below.items() if not subcommands(parser)}
    assert set(re.findall(r"^### `sharp-eyes ([a-z -]+?)(?: [A-Z]+)?`", page, re.MULTILINE)) == names
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == list(Exit)


def test_what_needs_a_restart_is_listed() -> None:
    (line,) = re.findall(r"^- A restart is needed for (.*?);", text_of(DOCS / "operations.md"), re.MULTILINE)
    assert re.findall(r"`(\w+)`", line) == list(FIXED)


# ---------------------------------------------------------------- versions, dependencies, decisions


def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    return loaded


def test_the_changelog_begins_with_this_version_and_speaks_of_the_figures() -> None:
    text = text_of(ROOT / "CHANGELOG.md")
    releases = re.split(r"^## (\S+) - \d{4}-\d\d-\d\d$", text, flags=re.MULTILINE)
    assert releases[1] == __version__ == project()["version"]
    assert all("### Changes to the figures" in release for release in releases[2::2])


def test_every_dependency_has_its_reason() -> None:
    page = text_of(DOCS / "decisions" / "0011-dependencies.md")
    explained = re.findall(r"^\| ([A-Za-z-]+)(?: \(\w+\))? \| .*\d MB \|", page, re.MULTILINE)
    dependencies = project()["dependencies"]
    assert isinstance(dependencies, list)
    assert explained == [re.split(r"[>=<;\[ ]", dependency)[0] for dependency in dependencies]


def test_the_index_of_decisions_is_complete_and_quotes_their_titles() -> None:
    index = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", text_of(DOCS / "decisions" / "README.md"), re.MULTILINE)
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [name for _, _, name in index] == [page.name for page in pages]
    for (number, title, _), page in zip(index, pages, strict=True):
        assert text_of(page).startswith(f"# {number}. {title}\n")
        assert page.name.startswith(f"{int(number):04d}-")


# ---------------------------------------------------------------- metrics, links, hygiene


metrics_there_are = cache(exposed)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if METRIC.search(text_of(page)) and page.name != "metrics.md"], ids=name_of
)
def test_every_metric_a_page_names_exists(page: Path) -> None:
    asked = {name for name in METRIC.findall(text_of(page)) if ":" not in name}
    assert asked <= metrics_there_are(), asked - metrics_there_are()


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"\[(.*?)\]\(.*?\)", r"\1", heading).lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_of_the_documentation_named_anywhere_exists() -> None:
    for path in our_files():
        for name, anchor in re.findall(r"\b(docs/[\w./-]+\.md)(?:#([a-z0-9_-]+))?", text_of(path)):
            assert (ROOT / name).is_file(), f"{path}: {name}"
            assert not anchor or anchor in anchors(ROOT / name), f"{path}: {name}#{anchor}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [READMES[0]]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        links = (link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)))
        targets = [(page.parent / link).resolve() for link in links if link and ":" not in link]
        waiting += [path for target in targets for path in (target.glob("*.md") if target.is_dir() else [target])]
        waiting = [path for path in waiting if path.suffix == ".md"]
    assert set(DOCS.rglob("*.md")) <= reached


def test_nothing_names_a_registry_or_the_place_where_it_was_made() -> None:
    hosts = ["pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "proxy." + "golang.org", "crates" + ".io"]
    places = [r"(?<![\w.-])/" + r"work\b(?!-)", "shared" + "/design"]
    forbidden = re.compile("|".join([*map(re.escape, hosts), *places]))
    files = list(our_files())
    assert len(files) > 200
    assert not [f"{path}: {found[0]}" for path in files if (found := forbidden.search(text_of(path)))]


# ---------------------------------------------------------------- languages


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@cache
def phrases() -> list[tuple[str, str, str]]:
    """Every ``Phrase("…", "…")`` in the source: where, Chinese, English."""
    found = []
    for path in sorted((ROOT / "monitor").rglob("*.py")):
        text = text_of(path)
        for node in ast.walk(ast.parse(text)) if "Phrase(" in text else ():
            match node:
                case ast.Call(
                    func=ast.Name(id="Phrase"), args=[ast.Constant(value=str(zh)), ast.Constant(value=str(en))]
                ):
                    found.append((f"{path.relative_to(ROOT)}:{node.lineno}", zh, en))
                case _:
                    pass
    return found


def test_both_languages_of_every_phrase_fill_in_the_same_values() -> None:
    assert len(phrases()) > 150
    assert not [where for where, zh, en in phrases() if not zh or not en or placeholders(zh) != placeholders(en)]


COUNTED = re.compile(  # a number and what it counts, but not the words for one and for many
    r"\{(?:count|cameras|fell|entries|changed|of|cores)(?::[^}|]*)?\}(?:th\b| (?:other )?"
    r"(?:cameras|devices|addresses|outages|incidents|alerts|faults|sites|entries|uplinks|times|exclusions|trips|cores)\b)"
)


def test_english_says_one_camera_and_not_one_cameras_on_pages_in_messages_and_on_the_command_line() -> None:
    spoken = ("monitor/console", "monitor/alerting", "monitor/bulletins", "monitor/cli")
    limits = "monitor/cli/faults"  # what a table has more of than may be is never one
    said = [(where, en) for where, _, en in phrases() if where.startswith(spoken) and not where.startswith(limits)]
    assert not [f"{where}: {en}" for where, en in said if COUNTED.search(en)]


# ---------------------------------------------------------------- tables

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])


def cells(row: str) -> int:
    """How many cells a table's row has; a bar inside a cell is escaped."""
    return len(re.findall(r"(?<!\\)\|", row)) - 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_row_of_a_table_has_as_many_cells_as_its_head(page: Path) -> None:
    head = 0
    fenced = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        fenced ^= line.startswith("```")
        if fenced or not line.startswith("|"):
            head = 0
            continue
        head = head or cells(line)
        assert cells(line) == head, f"{page.name}:{number}: {line}"


def test_no_page_and_no_file_holds_two_versions_of_a_line() -> None:
    marks = re.compile(r"^(<{7} |>{7} |={7}$)", re.MULTILINE)
    folders = ("monitor", "config", "dashboards", "docs", "scripts")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in TEXTS]
    files += [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXTS]
    assert not [path for path in files if marks.search(path.read_text("utf-8"))]


TEXTS = {".md", ".py", ".yml", ".yaml", ".toml", ".txt", ".csv", ".json", ".sql"}
