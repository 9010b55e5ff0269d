"""Command line: python -m siamtrain COMMAND ... ; each command is one file of siamtrain.commands."""

import argparse
import importlib
import logging
import sys

from siamtrain.errors import Failure

# Each names a module of siamtrain.commands with HELP, configure(parser) and run(args) -> None.
COMMANDS = (
    "train",
    "finetune",
    "trainmatch",
    "evalmatch",
    "evaluate",
    "imagenet",
    "bundle",
    "trainmarked",
    "trainhead",
    "average",
    "ablate",
    "exportmarked",
    "manifest",
    "renew",
    "fixture",
    "loopcases",
    "curves",
    "timing",
    "probe",
    "folds",
)


def build_parser():
    """The argument parser of all commands. Command modules import torch only when they run."""
    parser = argparse.ArgumentParser(prog="siamtrain", description="Train, fine-tune and export Siamtrack's networks.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"siamtrain.commands.{name}")
        sub = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.configure(sub)
        sub.set_defaults(handler=module.run)
    return parser


def main(argv=None):
    """Runs one command. Exit codes: 0 done, 1 failed, 2 wrong use."""
    args = build_parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        args.handler(args)
    except (Failure, OSError) as err:
        logging.error("%s: %s", args.command, err)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
