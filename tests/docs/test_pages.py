"""What pages say of commands, files, metrics and packages is what there is."""

import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML

from archbench import check
from archbench.base import params
from archbench.base.errors import Refused
from archbench.frontier import page
from archbench.report import markdown

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES}
BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = sorted(
    {
        " ".join(line.split("  #")[0].split())
        for text in TEXT.values()
        for block in BLOCK.findall(text)
        for line in block.replace("\\\n", " ").splitlines()
        if line.startswith("dvc exp run") and "-S" in line
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_experiment_of_a_page_passes_check(command, tmp_path, monkeypatch):
    """What it needs besides `-S` (a file, a folder) is there."""
    models, folder = tmp_path / "models", tmp_path / "my/images/train/cat"
    models.mkdir()
    folder.mkdir(parents=True)
    (tmp_path / "data/pretrained").mkdir(parents=True)
    (tmp_path / "data/pretrained/cifar10.safetensors").touch()
    (tmp_path / "data/external").mkdir()
    for name in ("resnet.json", "another.npy"):
        (tmp_path / "data/external" / name).touch()
    (tmp_path / "data/folder/train").mkdir(parents=True)
    for source in (ROOT / "src/archbench/models").glob("*.py"):
        (models / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (models / "resnet26d.py").write_text(written("resnet26d", command), encoding="utf-8")
    finetuned = (models / "se_resnet.py").read_text(encoding="utf-8")
    (models / "se_resnet_finetuned.py").write_text(finetuned, encoding="utf-8")
    path = tmp_path / "params.yaml"
    path.write_text((ROOT / "params.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    for override in (after for word, after in pairwise(words) if word == "-S"):
        key, _, value = override.partition("=")
        first = value if value.startswith(("[", "{")) else value.split(",")[0]
        first = first.replace("/my/images", str(tmp_path / "my/images"))
        apply_overrides(str(path), [f"{key}={first}"])
    values = YAML(typ="safe").load(path)
    check.check(values, models)


def written(name: str, command: str) -> str:
    """The file of models/ that the pages show, the one with options where the recipe has some."""
    sources = re.findall(r"^```python\n(.*?)^```$", "".join(TEXT.values()), re.M | re.S)
    (found,) = {text for text in sources if name in text and ("*," in text) == ("{drop" in command)}
    return found


def test_an_experiment_that_does_not_hold_fails_so(tmp_path):
    values = params.parse((ROOT / "params.yaml").read_text(encoding="utf-8"))
    with pytest.raises(Refused, match="lr"):
        check.check(values | {"lr": "fast"})


def test_every_make_target_is_there_and_said():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for text in TEXT.values():
        assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.M)) <= targets
    reference = TEXT[ROOT / "docs/reference/commands.md"]
    assert set(re.findall(r"^\| `make ([a-z-]+)`", reference, re.M)) == targets


def test_the_readme_is_short():
    assert len(TEXT[ROOT / "README.md"].splitlines()) <= 120


def test_every_number_and_column_is_in_the_glossary():
    glossary = set(re.findall(r"`([a-z0-9_]+)`", TEXT[ROOT / "docs/reference/metrics.md"]))
    numbers = set(pd.read_csv(ROOT / "metrics/details/numbers.csv")["number"])
    columns = set(pd.read_csv(ROOT / "metrics/pairwise.csv").columns)
    assert numbers | columns <= glossary


def test_every_stage_is_on_its_page():
    page = TEXT[ROOT / "docs/reference/files.md"]
    stages = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
    assert set(re.findall(r"^\| ([a-z]+) \|", page, re.M)) - {"file", "stage"} == set(stages)


def test_every_architecture_is_on_its_page():
    page = TEXT[ROOT / "docs/reference/architectures.md"]
    named = {name for row in re.findall(r"^\| (`.*?) \|", page, re.M) for name in row.split("`")}
    assert set(check.find_builders(ROOT / "src/archbench/models")) <= named


def test_every_package_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    groups = (project["project"]["dependencies"], *extras, *project["dependency-groups"].values())
    asked = [one for group in groups for one in group if isinstance(one, str)]
    names = {name for one in asked for name in re.findall(r"^[\w.-]+", one)}
    page = TEXT[ROOT / "docs/reference/packages.md"]
    assert {name for name in names if not re.search(rf"\b{re.escape(name)}\b", page)} == set()


@pytest.mark.usefixtures("committed_run")
def test_the_demo_is_the_report_of_the_committed_metrics():
    numbers = pd.read_csv(ROOT / "metrics/details/numbers.csv", index_col="number")
    html = (ROOT / "docs/demo/report/report.html").read_text(encoding="utf-8")
    for name, accuracy in numbers.loc["accuracy"].astype(float).items():
        assert re.search(rf"<th[^>]*>{name}</th>\s*<td[^>]*>{100 * accuracy:.1f} ± ", html), name


def test_the_frontier_has_the_points_of_results():
    points = pd.read_csv(ROOT / "results/frontier.csv")
    text = TEXT[ROOT / "docs/frontier.md"]
    assert markdown.table(page.accuracy_table(points)) in text
    forecasts = page.forecasts(points)
    assert not forecasts or markdown.table(page.law_table(forecasts)) in text
    assert points.groupby("petaflop")["architecture"].nunique().eq(5).all()
