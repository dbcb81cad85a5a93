"""`sapa`: which commands are there, and how does each failure become one line? Commands load only when they are called.

Starting Python's heavy libraries for `sapa --help` would cost seconds, so the list below names each command's module and its help line.
A failure that we foresaw is one sentence and exit code 1; only a fault of ours shows a traceback.
"""

import gc
import os
import sys
from importlib import import_module
from types import ModuleType

import click

# Our matrices are small. More threads of linear algebra only spin, beside the service's own; numpy reads this when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# name: (module, help line). The command in the module bears the module's name; a test compares the help lines.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("bot.commands.serve", "Run the service: webhook, bot, panel and API."),
    "migrate": ("bot.commands.migrate", "Prepare the database: schema, first ADMIN, the pack's texts."),
    "demo": ("bot.commands.demo", "Load the demo company; doing it again changes nothing."),
    "chat": ("bot.commands.chat", "Talk to the bot in this terminal."),
    "train": ("bot.commands.train", "Train the models and print their figures."),
    "drift": (
        "bot.commands.drift",
        "Compare who is scored now with who the models learned from.",
    ),
    "test-chats": ("bot.commands.test_chats", "Play conversation scripts and say what differs."),
    "user": ("bot.commands.user", "Add members of staff, change passwords, list them."),
    "audit": ("bot.commands.audit", "Export what staff did, and prove that nobody changed it."),
    "doctor": ("bot.commands.doctor", "Check that everything is in order, and say what to do."),
    "waha": ("bot.commands.waha", "Connect the WhatsApp session and look after it."),
}

# Errors whose sentence is meant for the person at the terminal. They are named, not imported: a class whose module was never
# loaded cannot have been raised.
SENTENCES: tuple[tuple[str, str], ...] = (
    ("bot.settings", "WrongSettings"),
    ("storage.schema", "SchemaBehind"),
    ("storage.database", "DatabaseDown"),
    ("flows.refusal", "Refused"),
    ("ml.serve.artifact", "ModelMismatch"),
    ("ml.serve.artifact", "ModelMissing"),
)


class LazyCommands(click.Group):
    """The commands of COMMANDS, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = _load(COMMANDS[cmd_name][0])
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command), "a command's module holds a command of its name"
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """The list of commands without loading any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sapa", prog_name="sapa")
def sapa() -> None:
    """Sapa, a WhatsApp-first CRM. Begin with: sapa migrate, sapa demo, sapa serve."""


def main() -> None:
    """Runs the command line; what we foresaw becomes one line on standard error and exit code 1."""
    try:
        sapa(prog_name="sapa")
    except Exception as error:
        # The outermost edge: whatever has no sentence of its own goes on as the fault of ours that it is.
        sentences = [_sentence(leaf) for leaf in _leaves(error)]
        if None in sentences:
            raise
        click.echo(f"sapa: {'; '.join(filter(None, sentences))}", err=True)
        sys.exit(1)


def _load(name: str) -> ModuleType:
    """The module, imported. What imports make stays, so nobody looks through it for garbage, now or later: a fifth of a start."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def _leaves(error: Exception) -> list[Exception]:
    """The errors themselves, taken out of the group that a TaskGroup makes of them."""
    if not isinstance(error, ExceptionGroup):
        return [error]
    return [leaf for inner in error.exceptions for leaf in _leaves(inner)]


def _sentence(error: Exception) -> str | None:
    """What to tell the person at the terminal; None for what nobody foresaw."""
    loaded = ((sys.modules.get(module), name) for module, name in SENTENCES)
    if isinstance(error, tuple(getattr(module, name) for module, name in loaded if module)):
        return str(error)
    if isinstance(error, OSError):
        # What the operating system said no to: a port in use, a full disk, a folder that may not be written.
        return f"{error.strerror or error}{f' ({error.filename})' if error.filename else ''}"
    return None


if __name__ == "__main__":
    main()
