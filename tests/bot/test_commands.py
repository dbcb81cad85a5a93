"""The command line as an operator meets it: what it prints, what it leaves behind, and how it fails."""

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from bot.commands.main import COMMANDS, main, sapa
from tests.postgres import fresh_database
from tests.source_code import ROOT

PASSWORD = "rahasia-sekali"


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


Sapa = Callable[..., Run]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sapa:
    """Runs `sapa` in an empty working directory, as the installed command would."""
    for name in [name for name in os.environ if name.startswith("SAPA_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = "", **environment: str) -> Run:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["sapa", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return Run(code=code, out=printed.out, err=printed.err)

    return run


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what `sapa migrate` makes is kept, once somebody asked for it."""
    return tmp_path_factory.mktemp("kept") / "var"


@pytest.fixture
def ready(run: Sapa, tmp_path: Path, kept: Path) -> Sapa:
    """The same, where `sapa migrate` has run: for the first who asks, whose folder the others get a copy of."""
    if kept.exists():
        shutil.copytree(kept, tmp_path / "var")
    else:
        assert run("migrate", SAPA_ADMIN_PASSWORD=PASSWORD).code == 0
        shutil.copytree(tmp_path / "var", kept)
    return run


def one_line(result: Run) -> str:
    """The failure's only line, without a traceback."""
    assert result.code == 1
    (line,) = result.err.splitlines()
    return line


def test_help_names_every_command_with_its_line(run: Sapa) -> None:
    result = run("--help")
    assert result.code == 0
    for name, (_, line) in COMMANDS.items():
        assert f"{name} " in result.out
        assert line in result.out


def test_help_loads_no_command() -> None:
    """A second of waiting for a list of names would be a bug that nobody reports."""
    code = "import sys; from bot.commands.main import sapa; sapa(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not [
        heavy
        for heavy in ("sqlalchemy", "sklearn", "aiohttp", "pydantic", "telegram")
        if f"'{heavy}'" in shown
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_describes_itself_as_the_list_does(name: str) -> None:
    command = sapa.get_command(click.Context(sapa), name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == COMMANDS[name][1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_subcommand_explains_itself(run: Sapa, name: str) -> None:
    command = sapa.get_command(click.Context(sapa), name)
    assert run(name, "--help").code == 0
    for below in command.commands if isinstance(command, click.Group) else ():
        result = run(name, below, "--help")
        assert result.code == 0
        assert "Usage: sapa" in result.out


def test_an_unknown_command_fails(run: Sapa) -> None:
    result = run("terbang")
    assert result.code == 2
    assert "No such command 'terbang'" in result.err


def test_migrate_makes_a_database_with_an_admin_and_texts_and_nothing_else(run: Sapa, tmp_path: Path) -> None:
    result = run("migrate")
    assert result.code == 0
    assert "ADMIN: user admin, password " in result.out
    rows = sqlite3.connect(tmp_path / "var" / "sapa.db")
    count = {
        table: rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("users", "prompts", "packages", "customers", "faq")
    }
    rows.close()
    assert count["users"] == 1
    assert count["prompts"] > 50
    assert (count["packages"], count["customers"], count["faq"]) == (0, 0, 0)


def test_migrating_again_changes_nothing(ready: Sapa, tmp_path: Path) -> None:
    before = prompts(tmp_path)
    result = ready("migrate")
    assert result.code == 0
    assert "password" not in result.out
    assert prompts(tmp_path) == before


def prompts(folder: Path) -> list[tuple[object, ...]]:
    rows = sqlite3.connect(folder / "var" / "sapa.db")
    found = rows.execute("SELECT type, version, state FROM prompts ORDER BY type").fetchall()
    rows.close()
    return found


def test_a_configured_password_is_never_printed(run: Sapa) -> None:
    result = run("migrate", SAPA_ADMIN_PASSWORD=PASSWORD)
    assert PASSWORD not in result.out + result.err
    assert "the one in SAPA_ADMIN_PASSWORD" in result.out


def test_migrate_works_on_postgresql(run: Sapa, database_url: str) -> None:
    assert run("migrate", SAPA_DATABASE_URL=database_url).code == 0
    assert run("migrate").code == 0
    assert "admin" in run("user", "list").out


def test_replicas_that_migrate_at_the_same_moment_do_not_meet(run: Sapa, postgres_server: str) -> None:
    with fresh_database(postgres_server) as url:
        command = [sys.executable, "-m", "bot.commands.main", "migrate"]
        environment = {**os.environ, "SAPA_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        replicas = [
            subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for _ in range(3)
        ]
        told = [replica.communicate(timeout=120) for replica in replicas]
        assert [(replica.returncode, err) for replica, (_, err) in zip(replicas, told, strict=True)] == [
            (0, "")
        ] * 3
        assert sum("password" in out for out, _ in told) == 1
        assert len(run("user", "list", SAPA_DATABASE_URL=url).out.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        pytest.param(
            {"SAPA_DATABASE_URL": "postgresql://u:rahasia@127.0.0.1:1/x"}, "does not answer", id="down"
        ),
        pytest.param(
            {"SAPA_DATABASE_URL": "sqlite:////nowhere/at/all/x.db"},
            "There is no folder /nowhere/at/all",
            id="no folder",
        ),
        pytest.param({"SAPA_VAR": "/proc/nowhere"}, "/proc/nowhere", id="a folder that cannot be made"),
    ],
)
def test_what_stops_migrate_is_one_line(run: Sapa, environment: dict[str, str], sentence: str) -> None:
    line = one_line(run("migrate", **environment))
    assert sentence in line
    assert "rahasia" not in line


def test_a_postgresql_without_that_database_is_one_line(run: Sapa, postgres_server: str) -> None:
    head, _, query = postgres_server.partition("?")
    missing = f"{head.rsplit('/', 1)[0]}/nobody_made_this?{query}"
    assert "nobody_made_this" in one_line(run("migrate", SAPA_DATABASE_URL=missing))


def test_all_wrong_settings_are_named_together(run: Sapa) -> None:
    wrong = {
        "SAPA_PORT": "delapan",
        "SAPA_TIMEZONE": "Mars/Utara",
        "SAPA_PACING": "cepat",
        "SAPA_PACK": "toko_roti",
        "SAPA_CHATS": "skrip/kami",
        "SAPA_HOST": "kantor pusat",
        "SAPA_SMTP_URL": "http://sapa:rahasia@127.0.0.1",
        "SAPA_SMS_GATEWAY_URL": "ftp://127.0.0.1",
    }
    result = run("migrate", **wrong)
    assert result.code == 1
    assert all(name in result.err for name in wrong)
    assert "umroh" in result.err
    assert "rahasia" not in result.err
    assert "Traceback" not in result.err


def test_commands_ask_for_migrate_first(run: Sapa) -> None:
    assert "Run: sapa migrate" in one_line(run("user", "list"))


def test_staff_are_added_and_listed(ready: Sapa) -> None:
    added = ready("user", "add", "sari", "--role", "RM", "--password-stdin", typed=f"{PASSWORD}\n")
    assert added.out == "Added sari (RM).\n"
    assert [line.split()[:2] for line in ready("user", "list").out.splitlines()] == [
        ["admin", "ADMIN"],
        ["sari", "RM"],
    ]


def test_passwords_are_kept_as_argon2_only(ready: Sapa, tmp_path: Path) -> None:
    ready("user", "add", "sari", "--role", "RM", "--password-stdin", typed=f"{PASSWORD}\n")
    rows = sqlite3.connect(tmp_path / "var" / "sapa.db")
    ((before,),) = rows.execute("SELECT password_hash FROM users WHERE username = 'sari'").fetchall()
    ready("user", "password", "sari", "--password-stdin", typed="yang-baru-sekali\n")
    ((after,),) = rows.execute("SELECT password_hash FROM users WHERE username = 'sari'").fetchall()
    rows.close()
    assert before.startswith("$argon2id$")
    assert after.startswith("$argon2id$")
    assert before != after


def test_a_member_is_linked_to_telegram(ready: Sapa) -> None:
    assert ready("user", "telegram", "admin", "4711").code == 0
    assert "Telegram" in ready("user", "list").out


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        pytest.param(("add", "admin", "--role", "RM"), PASSWORD, "already taken", id="a taken name"),
        pytest.param(
            ("add", "Admin", "--role", "RM"), PASSWORD, "already taken", id="a taken name, written large"
        ),
        pytest.param(("add", "bu sari", "--role", "RM"), PASSWORD, "no user name", id="a name of two words"),
        pytest.param(
            ("add", "sari", "--role", "RM", "--branch", "Mars"), PASSWORD, "Mars", id="no such branch"
        ),
        pytest.param(("add", "sari", "--role", "RM"), "pendek", "at least 8", id="a short password"),
        pytest.param(("password", "hantu"), PASSWORD, "hantu", id="no such user"),
    ],
)
def test_what_cannot_be_done_to_staff_is_one_line(
    ready: Sapa, arguments: tuple[str, ...], typed: str, sentence: str
) -> None:
    line = one_line(ready("user", *arguments, "--password-stdin", typed=typed))
    assert sentence in line
    assert typed not in line


def test_an_unknown_role_fails_with_the_known_ones(ready: Sapa) -> None:
    result = ready("user", "add", "sari", "--role", "BOS", "--password-stdin", typed=PASSWORD)
    assert result.code == 2
    assert "supervisor" in result.err


def test_without_a_terminal_the_password_must_be_piped_in(ready: Sapa) -> None:
    result = ready("user", "add", "sari", "--role", "RM")
    assert result.code == 2
    assert "--password-stdin" in result.err


def test_an_export_holds_every_event_and_becomes_one(ready: Sapa) -> None:
    first = [json.loads(line) for line in ready("audit", "export").out.splitlines()]
    second = [json.loads(line) for line in ready("audit", "export").out.splitlines()]
    assert [event["event"] for event in first] == ["CREATE_USER"]
    assert [event["event"] for event in second] == ["CREATE_USER", "EXPORT_DATA"]
    assert second[0] == first[0]
    assert all(len(event["hash"]) == 64 for event in second)
    third = json.loads(ready("audit", "export", "--format", "json").out)
    assert third[:2] == second
    assert third[2]["facts"] == {"export_type": "audit", "row_count": 2, "format": "jsonl"}


def test_no_cell_of_a_csv_export_is_a_formula(ready: Sapa, tmp_path: Path) -> None:
    again = "INSERT INTO audit_events (event, actor, subject, facts, at) SELECT event, actor, ?, facts, at FROM audit_events LIMIT 1"
    with sqlite3.connect(tmp_path / "var" / "sapa.db") as kept:
        kept.executemany(again, [("=SUM(A1)",), ("@admin",), ("+62",), ("-1",)])
    kept.close()
    file = tmp_path / "audit.csv"
    assert ready("audit", "export", "--format", "csv", "-o", str(file)).code == 0
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [row["subject"] for row in rows] == ["admin", "'=SUM(A1)", "'@admin", "'+62", "'-1"]


def test_an_untouched_audit_verifies(ready: Sapa) -> None:
    result = ready("audit", "verify")
    assert result.code == 0
    head = result.out.split("Head: ")[1].strip()
    ready("user", "telegram", "admin", "4711")
    assert ready("audit", "verify", "--noted", head).code == 0


def test_a_changed_audit_is_found_out(ready: Sapa, tmp_path: Path) -> None:
    ready("audit", "verify")
    rows = sqlite3.connect(tmp_path / "var" / "sapa.db")
    rows.execute("UPDATE audit_events SET actor = 'nobody' WHERE id = 1")
    rows.commit()
    rows.close()
    result = ready("audit", "verify")
    assert result.code == 1
    assert "Event 1" in result.err


def test_the_doctor_fails_where_something_is_to_be_mended(run: Sapa) -> None:
    result = run("doctor")
    assert result.code == 1
    assert "✗ database" in result.out
    assert "sapa migrate" in result.out


def test_the_doctor_is_content_with_a_fresh_start(ready: Sapa) -> None:
    result = ready("doctor")
    assert result.code == 0
    assert "✗" not in result.out
