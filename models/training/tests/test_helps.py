"""What every command says of itself."""

import argparse

from siamtrain.__main__ import build_parser


def test_every_argument_is_explained():
    commands = next(a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    silent = [
        f"{name} {' '.join(action.option_strings) or action.dest}"
        for name, command in commands.choices.items()
        for action in command._actions
        if not action.help
    ]
    assert not silent
