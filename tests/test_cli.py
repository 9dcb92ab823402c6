"""The command `archbench`: quick help, subcommands that exist, and refusals in one line."""

import subprocess
import sys
import tomllib
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

from archbench import cli
from archbench.comparison import revisions

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "pandas", "numpy", "dvc", "matplotlib", "pydantic")


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archbench.cli", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_imports_nothing_heavy_and_names_every_command(tmp_path):
    code = (
        "import sys\nfrom archbench import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit as end: assert not end.code\n"
        f"print('heavy:', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "heavy: []"
    assert [name for name in cli.COMMANDS if f"    {name} " not in done.stdout] == []


def test_the_script_of_the_package_is_this_command():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"archbench": "archbench.cli:main"}


WORDS = {"judge": ["a.csv"], "launch": [], "verdict": [], "new": ["x"]}


@pytest.mark.parametrize("name", WORDS)
def test_a_module_takes_what_its_command_gives(name):
    options = vars(cli.parser().parse_args([name, *WORDS[name]]))
    main = import_module(options.pop("module")).main
    signature(main).bind(**options)


def test_verdict_is_the_module_call(monkeypatch):
    asked = []
    monkeypatch.setattr(revisions, "main", lambda before, after: asked.append((before, after)))
    for words in ([], ["v1"], ["v1", "v2"]):
        cli.main(["verdict", *words])
    assert asked == [("HEAD", revisions.WORKSPACE), ("v1", revisions.WORKSPACE), ("v1", "v2")]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "archbench: the following arguments are required: COMMAND; see archbench --help\n"),
        (["judge", "gone.csv"], "gone.csv: there is no such file\n"),
        (["judge", "a.csv", "--margin", "x"], "archbench judge: argument --margin: "),
        (["new", "a-b"], "'a-b': should be a Python identifier"),
    ],
)
def test_a_refusal_is_one_line_and_the_code_2(tmp_path, words, line):
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


def test_judge_needs_neither_torch_nor_dvc_nor_params_yaml(tmp_path):
    (tmp_path / "a.csv").write_text("prediction,label\n0,0\n1,1\n1,0\n")
    (tmp_path / "b.json").write_text("[0, 0, 1]")
    code = (
        "import sys\nfrom archbench import cli\ncli.main(['judge', 'a.csv', 'b.json'])\n"
        "print('heavy:', [name for name in ('torch', 'dvc') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "heavy: []"
    assert {path.name for path in (tmp_path / "judge").iterdir()} == {
        *("judge.md", "judge.html", "accuracies.svg"),
        *("accuracies.csv", "pairs.csv", "ranks.csv"),
    }
