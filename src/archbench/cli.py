"""The command `archbench`: what is done outside the stages that DVC runs.

A subcommand is a row of COMMANDS: the module whose `main` takes its options by name, a line of
help, and a function that declares the options. The module is imported when it is called, so that
help needs neither torch nor pandas nor DVC.
"""

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, NoReturn

from archbench.base import errors

EXAMPLES = """\
examples:
  archbench judge a.csv b.json --labels labels.npy
  archbench judge ours=1.csv,2.csv,3.csv theirs.npy --labels cifar10
  archbench predict --model se_resnet photos/
  archbench export --model se_resnet --to se_resnet/
  archbench verdict HEAD~1
  archbench launch --cpus-per-cell 1
  archbench new my_net
"""


class Parser(argparse.ArgumentParser):
    """Refuses a wrong option in one line, as everything here refuses bad input."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "models",
        nargs="+",
        metavar="MODEL",
        help="a file of predictions (.csv, .json, .npy, .npz), a folder with a file for each run, "
        "or NAME=FILE,FILE,… with a file for each run",
    )
    parser.add_argument(
        "--labels",
        metavar="DATASET|FILE",
        help="the true classes: a file, or the name of the data set that is in data/; "
        "without it, the column `label` of the files",
    )
    parser.add_argument("--to", type=Path, default=Path("judge"), metavar="FOLDER")
    parser.add_argument(
        "--margin",
        type=float,
        default=0.5,
        metavar="POINTS",
        help="of accuracy: a smaller difference is practically none (default: %(default)s)",
    )


def predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pictures",
        nargs="+",
        metavar="PICTURE",
        help="a PNG or JPEG file, a folder of them, or - for a list of files on stdin",
    )
    parser.add_argument("--model", required=True, metavar="ARCHITECTURE")
    parser.add_argument(
        "--ensemble",
        action="store_true",
        help="the mean over all seeds of params.yaml, not the first seed alone",
    )
    parser.add_argument(
        "--risk",
        type=float,
        default=0.01,
        help="the share of wrong answers among those not called unsure (default: %(default)s)",
    )
    parser.add_argument("--output", choices=("text", "csv", "json"), default="text")


def export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, metavar="ARCHITECTURE")
    parser.add_argument("--seed", type=int, help="default: the first seed of params.yaml")
    parser.add_argument("--to", required=True, type=Path, metavar="FOLDER")


def verdict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", nargs="?", default="HEAD")
    parser.add_argument("after", nargs="?", default="workspace")


def launch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--address",
        metavar="HOST:PORT|auto",
        help="the head of a Ray cluster; without it, this machine alone",
    )
    parser.add_argument(
        "--workers", type=int, metavar="N", help="cells at a time at most (default: all that fit)"
    )
    parser.add_argument(
        "--gpus-per-cell", type=float, metavar="N", help="default: 1 where there are some"
    )
    parser.add_argument(
        "--cpus-per-cell",
        type=int,
        default=2,
        metavar="N",
        help="cores, and threads, whose number decides the last bits (default: %(default)s)",
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="FOLDER",
        help="which all machines see, for the state of unfinished cells (default: .resume)",
    )


def new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="a Python identifier: the architecture's name")


class Command(NamedTuple):
    module: str
    summary: str
    options: Callable[[argparse.ArgumentParser], None]


COMMANDS = {
    "judge": Command("archbench.judge.command", "which models are better, by predictions", judge),
    "predict": Command(
        "archbench.predicting.command", "what a trained network takes pictures for", predict
    ),
    "export": Command(
        "archbench.export.command", "a trained network as ONNX, torch, timm and a page", export
    ),
    "verdict": Command(
        "archbench.comparison.revisions", "what a change did to each architecture", verdict
    ),
    "launch": Command(
        "archbench.cluster.launch", "train the cells side by side, here or on a cluster", launch
    ),
    "new": Command("archbench.new", "begin an architecture: its file and its recipe", new),
}


def parser() -> Parser:
    whole = Parser(
        prog="archbench",
        description="Verdicts, predictions and models to take along, beside what `dvc repro` runs.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    added = whole.add_subparsers(metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        part = added.add_parser(name, help=command.summary, description=command.summary)
        part.set_defaults(module=command.module)
        command.options(part)
    return whole


def main(words: Sequence[str] | None = None) -> None:
    """Run the subcommand that `words` name; without them, those of the command line."""
    options = vars(parser().parse_args(words))
    module = options.pop("module")
    errors.run(lambda: import_module(module).main(**options))


if __name__ == "__main__":
    main()
