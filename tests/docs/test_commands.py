"""Every command that the documents show is one that the command line takes, options and all."""

from collections.abc import Sequence

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from tests.docs.blocks import GUIDE, OPERATIONS, README, blocks, calls, mentions
from wirewatch.cli.app import app
from wirewatch.cli.session import Session

DOCUMENTS = (README, GUIDE, OPERATIONS)
SHOWN = [
    pytest.param(call, id=f"{block.where} {' '.join(call)[:40]}")
    for path in DOCUMENTS
    for block in blocks(path, "sh")
    for call in calls(block)
]
NAMED = [
    pytest.param(call, id=f"{path.name} {' '.join(call)[:40]}")
    for path in DOCUMENTS
    for call in mentions(path)
]


def parse(arguments: Sequence[str]) -> None:
    """Parse as the command line would, every argument and option; run nothing. Raises for what it refuses."""
    command, name, rest = get_command(app), "wirewatch", list(arguments)
    context = command.make_context(name, rest, obj=Session())
    while isinstance(command, TyperGroup):
        rest = [*context._protected_args, *context.args]
        _, found, rest = command.resolve_command(context, rest)
        assert found is not None, arguments
        command = found
        context = command.make_context(command.name, rest, parent=context)


def require(arguments: Sequence[str]) -> None:
    """Follow the words of a command named in a sentence: each group, command and option must be there."""
    command = get_command(app)
    for word in arguments:
        if isinstance(command, TyperGroup) and not word.startswith("-"):
            assert word in command.commands, arguments
            command = command.commands[word]
        elif word.startswith("-"):
            assert word in {option for parameter in command.params for option in parameter.opts}, arguments


@pytest.mark.parametrize("arguments", SHOWN)
def test_given_a_command_in_a_block_when_parsed_then_it_is_taken(arguments: list[str]) -> None:
    parse(arguments)


@pytest.mark.parametrize("arguments", NAMED)
def test_given_a_command_in_a_sentence_when_looked_up_then_it_is_there(arguments: list[str]) -> None:
    require(arguments)


def test_given_the_documents_when_counted_then_their_commands_were_found() -> None:
    assert len(SHOWN) >= 25
    assert len(NAMED) >= 5
