"""What CI says of a pull request, with programs in place of dvc, python and gh; its workflows."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
HEAD = ["| Path | Metric | old | new |", "|---|---|---|---|"]
ROWS = [
    "| metrics/mlp.json | network_low | 1 | 2 |",
    "| metrics/mlp.json | loss | 1 | 2 |",
    "| metrics/mlp.json | accuracy | 1 | 2 |",
    "| metrics/mlp.json | train_seconds | 1 | 2 |",
    "| metrics/a.json | scaled_ece | 1 | 2 |",
    "| metrics/a.json | scaled_ece_high | 1 | 2 |",
    "| metrics/a.json | accuracy | 1 | 2 |",
]


def run(folder: Path, script: str, *arguments: str, **programs: str):
    for name, program in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{program}\n")
        (folder / name).chmod(0o755)
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "owner/name",
        "CALLS": str(folder / "calls"),
    }
    command = ["bash", str(ROOT / ".ci" / script), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def compare(folder: Path, rows: list[str] = ROWS, **programs: str):
    (folder / "table").write_text("\n".join([*HEAD, *rows, ""]))
    return run(
        folder,
        "compare",
        "origin/main",
        **{"dvc": f"cat {folder}/table", "python": 'echo "$@"'} | programs,
    )


def comment(folder: Path, found: str):
    """The calls of gh, where the pull request has comments of ours with the numbers `found`."""
    gh = f"""echo "$@" >> $CALLS\ncase "$*" in *--jq*) printf '{found}';; esac"""
    done = run(folder, "comment", "page.md", "7", gh=gh)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return (folder / "calls").read_text().splitlines()


class TestCompare:
    def test_the_verdict_then_accuracy_then_the_rest(self, tmp_path):
        """In full, for the comment is found by its first line."""
        done = compare(tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [
            "<!-- archbench -->",
            "## Metrics against `origin/main`",
            "",
            "-m archbench.comparison.revisions origin/main HEAD",
            "",
            *HEAD,
            "| metrics/a.json | accuracy | 1 | 2 |",
            "| metrics/mlp.json | accuracy | 1 | 2 |",
            "| metrics/a.json | scaled_ece | 1 | 2 |",
            "| metrics/mlp.json | loss | 1 | 2 |",
            "",
            "<details><summary>Ends of intervals, and seconds</summary>",
            "",
            *HEAD,
            "| metrics/a.json | scaled_ece_high | 1 | 2 |",
            "| metrics/mlp.json | network_low | 1 | 2 |",
            "| metrics/mlp.json | train_seconds | 1 | 2 |",
            "",
            "</details>",
        ]

    def test_without_details_there_is_nothing_to_unfold(self, tmp_path):
        assert compare(tmp_path, [ROWS[2]]).stdout.splitlines()[-3:] == [*HEAD, ROWS[2]]

    @pytest.mark.parametrize("dvc", ["", "echo", "echo 'No changes.'"])
    def test_without_a_change_that_is_said(self, tmp_path, dvc):
        done = compare(tmp_path, dvc=dvc)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "No metric changed.")

    def test_a_refusal_is_said_twice_and_ends_nothing(self, tmp_path):
        """On the page of the pull request, in place of the verdict, and as a warning of the job."""
        line = "origin/main: has no column test_set"
        done = compare(tmp_path, python=f"echo '{line}' >&2; exit 2")
        assert done.returncode == 0
        assert done.stdout.splitlines()[3] == f"**Not compared image by image:** {line}"
        assert "| metrics/mlp.json | accuracy | 1 | 2 |" in done.stdout
        assert f"::warning title=Not compared image by image::{line}\n" in done.stderr

    @pytest.mark.parametrize("status", [1, 3, 137])
    def test_any_other_error_ends_the_job_aloud(self, tmp_path, status):
        done = compare(tmp_path, python=f"echo 'Traceback' >&2; exit {status}")
        assert (done.returncode, done.stderr) == (status, "Traceback\n")

    def test_so_does_one_of_dvc(self, tmp_path):
        done = compare(tmp_path, dvc="echo broken >&2; exit 255")
        assert (done.returncode, done.stderr) == (255, "broken\n")


class TestComment:
    def test_the_first_is_posted(self, tmp_path):
        looked, posted = comment(tmp_path, found="")
        assert looked.startswith("api --paginate repos/owner/name/issues/7/comments --jq ")
        assert posted == (
            "api --silent --method POST repos/owner/name/issues/7/comments --field body=@page.md"
        )

    @pytest.mark.parametrize("found", [r"41\n", r"41\n42\n"])
    def test_later_it_is_written_anew(self, tmp_path, found):
        _, patched = comment(tmp_path, found)
        assert patched == (
            "api --silent --method PATCH repos/owner/name/issues/comments/41 --field body=@page.md"
        )

    def test_only_ours_is_looked_for(self, tmp_path):
        """A person's comment that quotes the line is theirs."""
        looked, _ = comment(tmp_path, found="")
        assert '.user.login == "github-actions[bot]"' in looked
        assert f'startswith("{compare(tmp_path).stdout.splitlines()[0]}")' in looked

    def test_an_error_of_github_ends_the_job_aloud(self, tmp_path):
        done = run(tmp_path, "comment", "page.md", "7", gh="echo 'HTTP 403' >&2; exit 1")
        assert (done.returncode, done.stderr) == (1, "HTTP 403\n")


def steps() -> list[tuple[str, str]]:
    """The workflow and the text of each step that runs commands."""
    return [
        (path.name, step["run"])
        for path in WORKFLOWS
        for job in YAML(typ="safe").load(path)["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]


class TestWorkflows:
    def test_make_targets_and_scripts_exist(self):
        targets = re.findall(r"^(\S+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        for workflow, text in steps():
            for target in re.findall(r"\bmake (\S+)", text):
                assert target in targets, f"{workflow}: make {target}"
            for script in re.findall(r"\bbash (\S+)", text):
                assert (ROOT / script).is_file(), f"{workflow}: {script}"

    def test_a_pull_request_is_checked_on_every_supported_python_and_system(self):
        ci = YAML(typ="safe").load(ROOT / ".github/workflows/ci.yml")["jobs"]
        matrix = ci["systems"]["strategy"]["matrix"]
        assert matrix["os"] == ["ubuntu-latest", "macos-latest"]
        supported = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text())
        assert matrix["python"] == supported
        [left_out] = matrix["exclude"]
        [its_python] = [
            step["with"]["python-version"]
            for step in ci["check"]["steps"]
            if "setup-python" in step.get("uses", "")
        ]
        assert left_out == {"os": ci["check"]["runs-on"], "python": its_python}

    def test_only_the_job_that_comments_may_write(self):
        """And it does not run for a fork, whose token cannot."""
        ci = YAML(typ="safe").load(ROOT / ".github/workflows/ci.yml")
        assert ci["permissions"] == {"contents": "read"}
        assert ci["jobs"]["check"]["permissions"]["pull-requests"] == "write"
        [commenting] = [
            step for step in ci["jobs"]["check"]["steps"] if ".ci/comment" in step.get("run", "")
        ]
        assert "head.repo.full_name == github.repository" in commenting["if"]
