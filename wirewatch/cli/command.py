"""How a function becomes a command: with the session in front, and the global flags at its end."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from wirewatch.cli.output import Form
from wirewatch.cli.session import Session

P = ParamSpec("P")

ConfigFlag = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="DIR", help="The configuration folder (WIREWATCH_CONFIG_DIR; ./config)."
    ),
]
StateFlag = Annotated[
    Path | None,
    typer.Option("--state-dir", metavar="DIR", help="The state folder (WIREWATCH_STATE_DIR; ./var)."),
]
FormFlag = Annotated[
    Form, typer.Option("--output", "-o", help="A table for people, or JSON Lines for programs.")
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most so many.")]

_GLOBAL = {"config_dir": ConfigFlag, "state_dir": StateFlag}


def new_group(name: str, summary: str, *examples: str) -> typer.Typer:
    """Make a group of commands that prints its help when it is called without one."""
    return typer.Typer(
        name=name, help=summary, epilog=epilog(*examples), no_args_is_help=True, rich_markup_mode=None
    )


def epilog(*examples: str) -> str:
    """Write examples so that help keeps their lines."""
    return "\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples)


def command(
    app: typer.Typer, *examples: str, name: str | None = None
) -> Callable[[Callable[Concatenate[Session, P], None]], Callable[Concatenate[Session, P], None]]:
    """Register a function that takes the session first; its docstring is the help."""

    def register(
        function: Callable[Concatenate[Session, P], None],
    ) -> Callable[Concatenate[Session, P], None]:
        app.command(name, epilog=epilog(*examples))(_with_globals(function))
        return function

    return register


def _with_globals(function: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
    signature = inspect.signature(function, eval_str=True)
    (session, *own) = signature.parameters.values()

    def run(**given: Any) -> None:
        called: Session = given.pop(session.name).obj
        for flag in _GLOBAL:
            called.note(flag, given.pop(flag))
        function(called, **given)  # type: ignore[call-arg]  # by name, as the signature below says

    keyword = inspect.Parameter.KEYWORD_ONLY
    shown = [
        session.replace(annotation=typer.Context, kind=keyword),
        *(parameter.replace(kind=keyword) for parameter in own),
        *(inspect.Parameter(flag, keyword, default=None, annotation=kind) for flag, kind in _GLOBAL.items()),
    ]
    run.__name__, run.__doc__, run.__module__ = function.__name__, function.__doc__, function.__module__
    run.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]  # what inspect reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return run
