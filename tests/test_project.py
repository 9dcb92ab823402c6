"""What says who archbench is and how to work on it agrees with itself and with the tree."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
TOOLS = [one for group in PYPROJECT["dependency-groups"].values() for one in group]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    lines = [line for line in read(name).splitlines() if line and not line.startswith("#")]
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in found}


def test_the_citation_is_whole_and_of_this_version():
    citation = YAML(typ="safe").load(read("CITATION.cff"))
    required = {"cff-version": "1.2.0", "version": PROJECT["version"], "license": "Apache-2.0"}
    assert required.items() <= citation.items()
    assert citation["message"]
    assert citation["title"]
    assert citation["authors"] == PROJECT["authors"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]
    assert f"## [{citation['version']}] - {citation['date-released']}\n" in read("CHANGELOG.md")


def test_the_licence_is_the_one_that_is_named():
    assert PROJECT["license"] == "Apache-2.0"
    text = read("LICENSE")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert [f"\n   {number}. " in text for number in range(1, 10)] == [True] * 9
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_changelog_begins_with_this_version_and_uses_the_usual_headings():
    versions = re.findall(r"^## \[(.+?)\]", read("CHANGELOG.md"), re.MULTILINE)
    assert next(version for version in versions if version != "Unreleased") == PROJECT["version"]
    headings = set(re.findall(r"^### (.+)", read("CHANGELOG.md"), re.MULTILINE))
    assert headings <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("requirements.txt", PROJECT["dependencies"]),
        ("requirements-dev.txt", [one for one in TOOLS if isinstance(one, str)]),
    ],
)
def test_what_is_named_is_pinned_at_a_version_that_is_allowed(file, named):
    pinned = pins(file)
    for requirement in map(Requirement, named):
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}: {version}"


def test_nothing_is_pinned_twice_and_the_pipeline_needs_no_tool():
    runtime, tools = pins("requirements.txt"), pins("requirements-dev.txt")
    assert not runtime.keys() & tools.keys()
    assert not runtime.keys() & {"pytest", "mypy", "ruff", "tensorboard", "wandb"}


def test_what_is_mutated_and_what_notices_it_are_there():
    mutmut = PYPROJECT["tool"]["mutmut"]
    tests = [
        option.removeprefix("--ignore=").removeprefix("--deselect=").partition("::")
        for option in mutmut["pytest_add_cli_args_test_selection"]
    ]
    for path in (*mutmut["only_mutate"], *mutmut["do_not_mutate"], *mutmut["also_copy"]):
        assert list(ROOT.glob(path)), path
    for path, separator, name in tests:
        assert (ROOT / path).exists(), path
        assert not separator or f" {name}" in read(path), name


def paths(text: str) -> Iterator[str]:
    """What stands in backquotes and looks like a path, but for the reader's own `<name>`."""
    for quoted in re.findall(r"`([^`\s]+)`", text):
        if ("/" in quoted or re.search(r"\.(py|yaml|txt|md)$", quoted)) and "<" not in quoted:
            yield quoted


def test_every_path_of_contributing_exists():
    found = list(paths(read("CONTRIBUTING.md")))
    assert len(found) > 20
    assert [path for path in found if not (ROOT / path).exists()] == []


def test_every_room_is_on_contributings_map():
    rooms = [path.parent.name for path in (ROOT / "src/archbench").glob("*/__init__.py")]
    text = read("CONTRIBUTING.md")
    assert [room for room in rooms if f"`src/archbench/{room}/" not in text] == []


def test_a_file_s_tests_run_in_one_process(request):
    """So each fixture is made once; pytest-xdist writes a test's group after its name."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("these tests are not run as `make test` runs them")
    assert request.node.nodeid.endswith("@test_project")
