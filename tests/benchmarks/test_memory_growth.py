"""What stages take of memory is read off the processes, and every stage is among them."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
STATUS = """\
Name:\tpython
VmRSS:\t    2000 kB
RssAnon:\t    1000 kB
Threads:\t2
"""
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads /proc")


@pytest.fixture
def memory(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("memory")


def test_every_stage_is_measured(memory):
    stages = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
    assert set(memory.STAGES) == set(stages)
    for name, words in memory.STAGES.items():
        assert len(words) == len(stages[name].get("matrix", {}))


def test_megabytes_of_a_status(memory):
    assert memory.of_status(STATUS) == {"VmRSS": 2.048, "RssAnon": 1.024}


def test_imports_are_found_wherever_they_stand(memory):
    script = "import start\n\ndef main():\n    from a.b import c\n    c()\n\nimport os\n"
    assert memory.imports(script) == "import start\nfrom a.b import c\nimport os"


def test_growth_is_between_the_two_largest_sizes(memory):
    rows = [
        {"stage": name, "images": images, "peak_anonymous_mb": mb}
        for images, figures in ((100, (50.0, 60.0)), (400, (50.0, 99.0)), (1100, (50.0, 160.0)))
        for name, mb in zip(("split", "train"), figures, strict=True)
    ]
    split, train = memory.growth(rows)
    assert split == {"stage": "split", "100": 50.0, "400": 50.0, "1,100": 50.0, "kB/image": 0.0}
    assert train["kB/image"] == pytest.approx(1000 * (160 - 99) / 700)
    assert memory.growth(rows[:4])[1]["kB/image"] == pytest.approx(1000 * (99 - 60) / 300)
    assert memory.growth(rows[:1])[0]["kB/image"] == 0


def test_generated_pictures_are_no_two_alike_and_of_the_size_asked(memory, tmp_path):
    memory.generate(tmp_path, 30, 40)
    files = sorted(tmp_path.glob("train/*/*.jpg"))
    assert [len(list(folder.iterdir())) for folder in (tmp_path / "train").iterdir()] == [3] * 10
    pixels = [np.asarray(Image.open(file)) for file in files]
    assert {image.shape for image in pixels} == {(40, 40, 3)}
    assert len({image.tobytes() for image in pixels}) == 30


TAKE = "x = b'x' * 100_000_000; time.sleep(0.6)"


@linux
@pytest.mark.parametrize("deep", [0, 1, 2])
def test_memory_of_a_process_and_its_children_is_seen(memory, tmp_path, deep):
    code = f"import time; {TAKE}"
    for _ in range(deep):
        code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    idle = memory.started("import time", tmp_path)
    peak = memory.watch(("-c", code), tmp_path)
    assert peak.anonymous - (1 + deep) * idle == pytest.approx(100, abs=15)
    assert peak.resident > peak.anonymous


@linux
def test_mapped_pages_of_a_file_are_no_anonymous_memory(memory, tmp_path):
    np.save(tmp_path / "x.npy", np.ones(12_500_000))
    code = "import numpy, time; x = numpy.load('x.npy', mmap_mode='r'); x.sum(); time.sleep(0.6)"
    idle = memory.started("import numpy", tmp_path)
    peak = memory.watch(("-c", code), tmp_path)
    assert peak.anonymous - idle < 15
    assert peak.resident - peak.anonymous > 100


@linux
def test_a_stage_that_fails_ends_the_benchmark_with_its_words(memory, tmp_path):
    with pytest.raises(SystemExit, match="no such thing"):
        memory.watch(("-c", "import sys; sys.exit('no such thing')"), tmp_path)


@pytest.mark.slow
@linux
def test_at_toy_size_from_the_folder_to_the_report(tmp_path):
    subprocess.run(["git", "clone", "-q", str(ROOT), str(tmp_path / "clone")], check=True)
    options = ["--images", "60", "--times", "1", "--side", "16", "--architecture", "mlp"]
    command = [sys.executable, str(ROOT / "benchmarks/memory.py"), *options]
    done = subprocess.run(command, cwd=tmp_path / "clone", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in ("download", "archbench predict"):
        assert f"{name} 60 " in done.stdout
    assert (tmp_path / "clone/results/memory.json").exists()
