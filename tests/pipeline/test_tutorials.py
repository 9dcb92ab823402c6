"""The commands of a tutorial, as its reader types them, on a small folder of images."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from workspace import ROOT


@pytest.mark.slow
def test_own_images_from_a_folder_to_a_page_that_predicts(project):
    put(project.root / "my/images")
    project.change(lambda params: params.update(validation=None))
    first, *others = commands("own-images")
    assert [words[0] for words in (first, *others)] == ["dvc", "dvc", "archbench"]
    assert {"train@speednet-0", "report"} <= set(project.run(*first).ran)
    along, predict = others
    ran = project.run(*along).ran
    assert {"convert@se_resnet", "export@se_resnet", "report"} <= set(ran)
    assert not [name for name in ran if name.startswith("train")]
    folder = project.root / "exports/se_resnet"
    assert (folder / "try.html").stat().st_size < 30e6
    assert (folder / "labels.txt").read_text() == "cat\ndog\n"
    assert "Cost of use" in (project.root / "report/report.html").read_text()
    answers = project.run(*predict).output.splitlines()
    named = [
        line for line in answers if re.match(r"my/images/train/cat/\d+\.png: (cat|dog) ", line)
    ]
    assert len(named) == 24


def commands(page: str) -> list[list[str]]:
    """Of the blocks of code: a line that begins with a program."""
    text = (ROOT / f"docs/tutorials/{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line.startswith(("dvc ", "archbench "))]


def put(folder: Path) -> None:
    """Cats are dark and dogs are light; their sizes differ."""
    random = np.random.default_rng(0)
    for half, images in (("train", 24), ("test", 8)):
        for label, least in (("cat", 0), ("dog", 128)):
            (folder / half / label).mkdir(parents=True)
            for number in range(images):
                size = (20 + number, 30, 3)
                pixels = random.integers(least, least + 128, size=size, dtype=np.uint8)
                Image.fromarray(pixels).save(folder / half / label / f"{number}.png")
