"""The container files, without a container engine: parsed, compared with the program, and their commands run in a plain environment."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands.main import COMMANDS
from bot.settings import Settings
from tests.browser.service import free_port
from tests.postgres import fresh_database
from tests.trained import trained_models

ROOT = Path(__file__).parent.parent
SECRETS = (
    "POSTGRES_PASSWORD",
    "SAPA_SECRET_KEY",
    "SAPA_ADMIN_PASSWORD",
    "WAHA_API_KEY",
    "SAPA_WAHA_HMAC_KEY",
)
FILLED = {name: f"k{number}" * 20 for number, name in enumerate(SECRETS, start=1)}
PLACEHOLDER = re.compile(r"\$\{(?P<name>\w+)(?:(?P<kind>:[?-])(?P<rest>[^}]*))?\}")
START_SECONDS = 60
PROBE_SECONDS = 0.1
LOG = "process.log"


class NotSet(Exception):
    """Compose would refuse to start: a variable without a default is missing."""


def compose(environment: dict[str, str]) -> dict[str, Any]:  # Any: YAML.
    """compose.yaml as Compose reads it with this environment."""

    def fill(found: re.Match[str]) -> str:
        value = environment.get(found["name"], "")
        if value or found["kind"] is None:
            return value
        if found["kind"] == ":?":
            raise NotSet(found["name"])
        return found["rest"]

    def filled(value: Any) -> Any:  # Any: YAML.
        match value:
            case str():
                return PLACEHOLDER.sub(fill, value)
            case dict():
                return {key: filled(inner) for key, inner in value.items()}
            case list():
                return [filled(inner) for inner in value]
            case _:
                return value

    found: dict[str, Any] = filled(yaml.safe_load((ROOT / "compose.yaml").read_text()))
    return found


@dataclass(frozen=True, slots=True)
class Instruction:
    name: str
    rest: str


def dockerfile() -> list[Instruction]:
    """The Dockerfile's instructions, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [Instruction(*line.split(" ", 1)) for line in lines]


def final_stage() -> list[Instruction]:
    instructions = dockerfile()
    last = max(place for place, one in enumerate(instructions) if one.name == "FROM")
    return instructions[last:]


def only(name: str) -> str:
    (found,) = [one.rest for one in final_stage() if one.name == name]
    return found


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in only("ENV").split())


def test_every_image_is_pinned_to_a_version() -> None:
    images = [one.rest.split()[0] for one in dockerfile() if one.name == "FROM"]
    images += [service["image"] for service in compose(FILLED)["services"].values() if "build" not in service]
    assert len(images) == 4
    assert [image for image in images if not re.search(r":[^:]*\d+\.\d+", image)] == []


def test_nothing_runs_as_root_and_nothing_is_fetched_by_address() -> None:
    names = [one.name for one in final_stage()]
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert only("USER") not in ("root", "0")
    assert "ADD" not in [one.name for one in dockerfile()]
    assert "http" not in " ".join(one.rest for one in dockerfile() if one.name == "RUN")


def test_everything_that_is_copied_is_there_and_reaches_the_builder() -> None:
    context = _context()
    copies = [one.rest.split() for one in dockerfile() if one.name == "COPY" and "--from" not in one.rest]
    copied = [source for *sources, _ in copies for source in sources]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert {Path(path).parts[0] for path in context} == set(copied)
    assert [path for path in context if path.endswith((".pyc", ".env", ".db"))] == []


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_starts_without_a_secret(secret: str) -> None:
    compose(FILLED)
    with pytest.raises(NotSet, match=secret):
        compose({name: value for name, value in FILLED.items() if name != secret})


def test_the_example_names_every_secret_and_gives_none_away() -> None:
    lines = [
        line
        for line in (ROOT / "compose.env.example").read_text().splitlines()
        if "=" in line and line[0] != "#"
    ]
    given = dict(line.split("=", 1) for line in lines)
    assert set(SECRETS) <= set(given)
    assert set(given.values()) == {""}


def test_only_sapa_is_published_and_only_on_this_host() -> None:
    ports = {name: service.get("ports", []) for name, service in compose(FILLED)["services"].items()}
    assert [name for name, published in ports.items() if published] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_every_setting_and_command_in_the_files_exists() -> None:
    known = {f"SAPA_{name.upper()}" for name in Settings.model_fields}
    services = _ours()
    used = {name for service in services.values() for name in service["environment"]} | set(
        image_environment()
    )
    assert {name for name in used if name.startswith("SAPA_")} <= known
    assert [
        service["command"][0] for service in services.values() if service["command"][0] not in COMMANDS
    ] == []


def test_every_service_says_how_it_is_or_ends_by_itself() -> None:
    services = compose(FILLED)["services"]
    silent = [
        name
        for name, service in services.items()
        if "build" not in service and "test" not in service.get("healthcheck", {})
    ]
    assert silent == []
    ending = [name for name, service in services.items() if service.get("healthcheck", {}).get("disable")]
    assert [services[name]["restart"] for name in ending] == ["no"] * len(ending)


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image would hold of Sapa: the wheel built from the builder's context, unpacked where nothing else of ours is."""
    folder = tmp_path_factory.mktemp("image")
    for path in _context():
        kept = folder / "context" / path
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, kept)
    uv = Path(sys.executable).parent / "uv"
    pip = [str(uv), "pip"] if uv.exists() else [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    target = ["--target", str(folder / "site"), str(folder / "context")]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", *target], check=True)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder / "site")], check=True)
    return folder / "site"


@dataclass(slots=True)
class Plain:
    """A plain environment: the image's settings, the installed wheel, nothing of this repository or of whoever runs the tests."""

    site: Path
    var: Path
    extra: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.site), "SAPA_VAR": str(self.var)}
        return image_environment() | own | self.extra

    def command(self, *arguments: str) -> list[str]:
        """The image's entry point, through this Python."""
        assert json.loads(only("ENTRYPOINT")) == ["sapa"]
        return [sys.executable, "-m", "bot.commands.main", *arguments]

    def runs(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            env=self.environment,
            cwd=self.var,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    def is_healthy(self) -> bool:
        """What the HEALTHCHECK says."""
        _, _, written = only("HEALTHCHECK").partition(" CMD ")
        python, *rest = json.loads(written)
        assert python == "python"
        return self.runs(sys.executable, *rest).returncode == 0


@pytest.fixture
def plain(image: Path, tmp_path: Path) -> Plain:
    (tmp_path / "models").symlink_to(trained_models())
    return Plain(site=image, var=tmp_path, extra={"SAPA_PORT": str(free_port()), "SAPA_HOST": "127.0.0.1"})


def test_the_images_own_command_becomes_healthy_and_ends_when_told(plain: Plain) -> None:
    where = plain.runs(sys.executable, "-c", "import bot; print(bot.__file__)").stdout
    assert where.startswith(str(plain.site))
    migrated = plain.runs(*plain.command("migrate"))
    assert migrated.returncode == 0, migrated.stderr
    assert not plain.is_healthy()
    with _running(plain, *json.loads(only("CMD"))) as process:
        _becomes_healthy(plain, process)
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.fixture
def composed(plain: Plain, postgres_server: str) -> Iterator[Plain]:
    """The same with Compose's settings: PostgreSQL is there, WAHA is not, which must not keep anything from starting."""
    settings = dict(_ours()["web"]["environment"])
    with fresh_database(postgres_server) as url:
        nowhere = {
            "SAPA_DATABASE_URL": url,
            "SAPA_WAHA_URL": "http://127.0.0.1:9",
            "SAPA_PUBLIC_URL": "http://127.0.0.1",
        }
        plain.extra |= settings | nowhere
        yield plain


def test_composes_migration_web_and_worker_start_on_postgresql(composed: Plain) -> None:
    services = _ours()
    migrated = composed.runs(*composed.command(*services["migrate"]["command"]))
    assert migrated.returncode == 0, migrated.stderr
    assert "SAPA_ADMIN_PASSWORD" in migrated.stdout
    with ExitStack() as both:
        started = []
        for name in ("web", "worker"):
            one = replace(composed, extra=composed.extra | {"SAPA_PORT": str(free_port())})
            started.append((one, both.enter_context(_running(one, *services[name]["command"]))))
        for one, process in started:
            _becomes_healthy(one, process)


def _ours() -> dict[str, dict[str, Any]]:  # Any: YAML.
    """Compose's services that run our image."""
    return {name: service for name, service in compose(FILLED)["services"].items() if "build" in service}


def _context() -> list[str]:
    """The files that .dockerignore lets through to the builder: what git knows, under the names it lets in, but what it takes out."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*", "everything is kept out unless it is let in"
    let_in = [line[1:] for line in lines if line.startswith("!")]
    kept_out = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    files = [
        path
        for name in let_in
        for path in ([ROOT / name] if (ROOT / name).is_file() else sorted((ROOT / name).rglob("*")))
    ]
    relative = [path.relative_to(ROOT) for path in files if path.is_file()]
    return [str(path) for path in relative if not any(_has_part(path, pattern) for pattern in kept_out)]


def _has_part(path: Path, pattern: str) -> bool:
    """Whether a folder or the file itself has such a name."""
    return any(Path(part).match(pattern) for part in path.parts)


class _running:
    """A command of ours as its own process, ended in any case."""

    def __init__(self, plain: Plain, *arguments: str) -> None:
        self._log = plain.var / LOG
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                plain.command(*arguments), env=plain.environment, cwd=plain.var, stdout=log, stderr=log
            )

    def __enter__(self) -> "subprocess.Popen[bytes]":
        return self._process

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=30)


def _becomes_healthy(plain: Plain, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        # The image's own probe is a Python that starts: where nobody listens yet it would only take the other's processor.
        if _listens(int(plain.environment["SAPA_PORT"])) and plain.is_healthy():
            return
        # Another process starts: there is nothing to be woken by.
        time.sleep(PROBE_SECONDS)
    raise AssertionError(f"It never became healthy:\n{(plain.var / LOG).read_text()[-3000:]}")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
