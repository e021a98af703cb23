"""The container files say what they mean: no container engine is needed to see that."""

from __future__ import annotations

import asyncio
import fnmatch
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.cli.main import _parser
from monitor.language import Language
from tests.console.fakes import FakeSource, console

ROOT = Path(__file__).parent.parent
PORT = "9105"


def steps() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with continued lines joined, without comments."""
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#"))
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line)]


def arguments(instruction: str) -> list[str]:
    return [rest for word, rest in steps() if word == instruction]


def final_stage() -> list[tuple[str, str]]:
    last = max(number for number, (word, _) in enumerate(steps()) if word == "FROM")
    return steps()[last:]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return loaded


SERVICES = compose()["services"]


def copied_sources() -> list[str]:
    own = [rest.split() for rest in arguments("COPY") if not rest.startswith("--from=")]
    return [source for words in own for source in words[:-1]]


def test_everything_the_image_copies_exists_and_is_let_in() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert copied_sources()
    for source in copied_sources():
        assert (ROOT / source).exists(), source
        assert source.removeprefix("./") in let_in


def test_nothing_else_enters_the_image() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == {
        source.removeprefix("./") for source in copied_sources()
    }


def test_images_come_from_docker_hub_by_name_and_fixed_version() -> None:
    images = {rest.split()[0] for rest in arguments("FROM")}
    images |= {service["image"] for service in SERVICES.values() if "build" not in service}
    for image in images:
        name, _, version = image.partition(":")
        assert re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)?", name), image
        assert re.search(r"\d+\.\d+", version), image


def test_the_image_names_no_registry_and_no_index() -> None:
    for file in ("Dockerfile", "compose.yaml", "constraints.txt"):
        text = (ROOT / file).read_text("utf-8")
        assert "index-url" not in text
        assert not [url for url in re.findall(r"https?://[^\s'\"]+", text) if "127.0.0.1" not in url]


def test_the_final_image_has_no_compiler_and_an_ordinary_user() -> None:
    stage = final_stage()
    assert not [rest for word, rest in stage if word == "RUN" and re.search(r"apt|gcc|build-essential|pip", rest)]
    (user,) = [rest for word, rest in stage if word == "USER"]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    made_for = next(rest for word, rest in stage if word == "RUN")
    assert f"--uid {user.split(':')[0]} " in made_for


def test_the_image_runs_the_console_script_as_documented() -> None:
    assert json.loads(arguments("ENTRYPOINT")[0]) == ["sharp-eyes"]
    assert json.loads(arguments("CMD")[0]) == ["run", "--config", "/etc/sharp-eyes/sharp-eyes.yml"]
    assert 'sharp-eyes = "' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_commands_in_the_comments_read_the_settings_that_the_image_runs_with() -> None:
    text = re.sub(r"\\\n# *", "", (ROOT / "compose.yaml").read_text("utf-8"))
    commands = re.findall(r"^# *docker compose run --rm monitor (.+)$", text, re.MULTILINE)
    (own,) = [mount.split(":") for mount in SERVICES["monitor"]["volumes"] if mount.startswith("./")]
    assert commands
    for command in commands:
        asked = _parser(Language.EN).parse_args(command.split())
        assert str(asked.config) == json.loads(arguments("CMD")[0])[-1], command
        files = [word for word in command.split() if word.startswith(own[1]) and word != str(asked.config)]
        for file in files:
            assert (ROOT / own[0] / Path(file).relative_to(own[1])).is_file(), file


async def test_the_health_check_follows_the_monitors_health() -> None:
    (check,) = arguments("HEALTHCHECK")
    command = json.loads(check[check.index("[") :])
    assert command[0] == "python"
    source = FakeSource()
    async with console(source) as address:
        script = command[2].replace(f"http://127.0.0.1:{PORT}", address)

        async def exit_code() -> int:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-c", script, stderr=asyncio.subprocess.DEVNULL
            )
            return await child.wait()

        assert await exit_code() == 0
        source.wrong = "the ledger cannot be written"
        assert await exit_code() == 1


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert "privileged" not in service
    assert service.get("network_mode") != "host"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_published_on_this_machine_only(name: str) -> None:
    for port in SERVICES[name]["ports"]:
        assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_mounts_exists(name: str) -> None:
    for mount in SERVICES[name]["volumes"]:
        source, target, *mode = mount.split(":")
        assert target.startswith("/")
        if source.startswith("./"):
            assert (ROOT / source).is_dir(), source
            assert mode == ["ro"]
        else:
            assert source in compose()["volumes"]


def test_secrets_stand_in_files_that_git_does_not_take() -> None:
    files = [secret["file"] for secret in compose()["secrets"].values()]
    files += [entry["path"] for service in SERVICES.values() for entry in service.get("env_file", [])]
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert files
    for file in files:
        assert any(fnmatch.fnmatch(f"/{file}", f"{pattern.rstrip('/')}/*") for pattern in ignored if pattern), file


def test_no_password_stands_in_the_file() -> None:
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or key.endswith("__FILE"), key
            assert "PASSWORD" not in key or value.startswith("/run/secrets/")


def test_the_parts_find_each_other() -> None:
    prometheus = yaml.safe_load((ROOT / "config" / "prometheus" / "prometheus.yml").read_text("utf-8"))
    scraped = prometheus["scrape_configs"][0]["static_configs"][0]["targets"]
    told = prometheus["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    sources = yaml.safe_load(
        (ROOT / "config" / "grafana" / "provisioning" / "datasources" / "sharp-eyes.yml").read_text("utf-8")
    )
    asked = [source["url"].removeprefix("http://") for source in sources["datasources"]]
    for address in (*scraped, *told, *asked):
        host, port = address.split(":")
        assert f"127.0.0.1:{port}:{port}" in SERVICES[host]["ports"]


def test_alertmanager_and_the_monitor_share_the_token_that_alertmanager_shows() -> None:
    settings = yaml.safe_load((ROOT / "config" / "alertmanager" / "alertmanager.yml").read_text("utf-8"))
    hooks = [hook for receiver in settings["receivers"] for hook in receiver.get("webhook_configs", [])]
    shown = {Path(hook["http_config"]["authorization"]["credentials_file"]) for hook in hooks}
    assert [path.parent for path in shown] == [Path("/run/secrets")]
    for service in ("monitor", "alertmanager"):
        assert {path.name for path in shown} <= set(SERVICES[service]["secrets"])
    for hook in hooks:
        host, port = hook["url"].removeprefix("http://").partition("/")[0].split(":")
        assert (host, port) == ("monitor", PORT)
