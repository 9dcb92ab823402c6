"""`archbench new` begins an architecture that the pipeline accepts, and changes nothing else."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from archbench import new
from archbench.base import params
from archbench.base.errors import Refused
from archbench.explaining import layers

ROOT = Path(__file__).parents[1]
MODEL = Path("src/archbench/models/my_net.py")


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """The code and params.yaml, in a folder of their own."""
    for name in ("src", "stages"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    (tmp_path / "data/folder").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_stage_check_accepts_it(clone, capsys):
    new.main("my_net")
    assert "dvc exp run -S architectures='[my_net]'" in capsys.readouterr().out
    text = Path("params.yaml").read_text(encoding="utf-8")
    chosen = re.sub(r"^architectures:\n- \w+$", "architectures:\n- my_net", text, flags=re.M)
    assert params.parse(chosen)["architectures"][0] == "my_net"
    Path("params.yaml").write_text(chosen, encoding="utf-8")
    done = subprocess.run([sys.executable, "stages/check.py"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 28, 28), (3, 20, 24)])
def test_the_network_builds_and_every_weight_learns(clone, shape):
    new.main("my_net")
    spec = importlib.util.spec_from_file_location("my_net", MODEL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    channels, *size = shape
    model = module.build(7, channels, tuple(size))
    logits = model(torch.rand(2, *shape))
    assert logits.shape == (2, 7)
    logits.square().sum().backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in model.parameters())
    assert 2.5e5 < sum(weight.numel() for weight in model.parameters()) < 3.5e5
    assert layers.find(model, shape).map is not None


def test_the_file_is_formatted_and_linted_as_ours_are(clone):
    new.main("my_net")
    shutil.copy(ROOT / "pyproject.toml", ".")
    for command in ("ruff format --check", "ruff check"):
        done = subprocess.run(
            [sys.executable, "-m", *command.split(), str(MODEL)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_other_byte_of_params_yaml_stays(clone, end):
    before = (ROOT / "params.yaml").read_bytes().replace(b"\n", end.encode())
    Path("params.yaml").write_bytes(before)
    new.main("my_net")
    after = Path("params.yaml").read_bytes()
    added = f"    my_net:{end}      lr: 0.03{end}".encode()
    assert after.count(added) == 1
    assert after.replace(added, b"") == before
    values = params.parse(after.decode())
    assert values["recipes"]["tuned"].pop("my_net") == {"lr": 0.03}
    assert values == params.parse(before.decode())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("my-net", "'my-net': should be a Python identifier"),
        ("2net", "'2net': should be"),
        ("", "'': should be"),
        ("class", "'class': should be"),
        ("größe", "'größe': should be"),
        ("../escape", "'../escape': should be"),
        ("n" * 61, "'nnn"),
        ("shared", "shared: is taken"),
        ("index", "index: is taken"),
        ("mlp", "src/archbench/models/mlp.py exists already"),
        ("null", "params.yaml: recipes.tuned.null: cannot be added"),
        ("true", "params.yaml: recipes.tuned.true: cannot be added"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(clone, name, message):
    before = Path("params.yaml").read_bytes()
    files = sorted(Path("src/archbench/models").iterdir())
    with pytest.raises(Refused) as refused:
        new.main(name)
    assert str(refused.value).startswith(message)
    assert Path("params.yaml").read_bytes() == before
    assert sorted(Path("src/archbench/models").iterdir()) == files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("recipes:\n  tuned: {}\n  reference:\n    my_net: {}\n", "my_net has a recipe already"),
        ("recipes:\n  tuned:\n    a: {}\n", "cannot be added; add it by hand"),
        ("recipes:\n  tuned: {}\n  reference: {}\n", "cannot be added"),
        ("recipes:\n  reference:\n    a: {}\n  tuned:\n    a: {}\n", "cannot be added"),
        ("other:\n  a:\n  reference:\nrecipes:\n  tuned:\n    a: {}\n", "cannot be added"),
        ("recipes:\n  tuned: &t\n    a: {}\n  reference:\n    <<: *t\n", "cannot be added"),
        ("recipes: [a]\n", "cannot be added"),
        ("recipes: [\n", "cannot be read"),
    ],
)
def test_a_params_yaml_of_another_form_is_left_alone(clone, text, message):
    Path("params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=message):
        new.main("my_net")
    assert Path("params.yaml").read_text(encoding="utf-8") == text
    assert not MODEL.exists()


def test_outside_a_clone_it_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused, match=r"run this in a clone of archbench"):
        new.main("my_net")
