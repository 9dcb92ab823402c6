"""Which code and which run a report is of."""

import subprocess
from datetime import date

import example_records
import pandas as pd
import pytest
import synthetic

from archbench.report import provenance
from archbench.style.revision import revision

LOCK = "schema: '2.0'\nstages:\n  train:\n    md5: {train}\n  report:\n    md5: {report}\n"


@pytest.fixture
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def git(*arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_revision_says_whether_code_has_changed_since(inside):
    git("init", "-q")
    for name in ("params.yaml", "notes.txt"):
        (inside / name).write_text("a: 1")
    git("add", ".")
    git("commit", "-qm", "all")
    head = git("rev-parse", "--short", "HEAD")
    (inside / "notes.txt").write_text("no code")
    assert revision() == head
    (inside / "src").mkdir()
    (inside / "src/new.py").touch()
    assert revision() == f"{head}+"
    (inside / "src/new.py").unlink()
    assert revision() == head
    (inside / "params.yaml").write_text("a: 2")
    assert revision() == f"{head}+"


def test_without_git_or_a_lock_it_is_unknown(inside, monkeypatch):
    found = provenance.provenance()
    assert date.fromisoformat(found.pop("date"))
    assert found == {"revision": "unknown", "dvc.lock": "unknown"}
    monkeypatch.setenv("PATH", "")
    assert revision() == "unknown"


def test_the_digest_is_of_every_stage_but_the_report(inside):
    def digest(**stages: str) -> str:
        (inside / "dvc.lock").write_text(LOCK.format(**stages))
        return provenance.lock_digest()

    assert digest(train="a", report="b") == digest(train="a", report="c")
    assert digest(train="a", report="b") != digest(train="b", report="b")


def test_the_digest_is_of_what_the_lock_says_not_of_how(inside):
    digests = set()
    for text in ("a:\n    x: 1\n  b:\n    y: 2\n", "b:\n    y: 2\n  a:\n    x: 1\n"):
        (inside / "dvc.lock").write_text(f"stages:\n  {text}")
        digests.add(provenance.lock_digest())
    (digest,) = digests
    assert len(digest) == 12


def test_a_lock_without_stages_has_a_digest(inside):
    (inside / "dvc.lock").write_text("schema: '2.0'\n")
    assert len(provenance.lock_digest()) == 12


CIFAR = example_records.dataset(title="CIFAR-10")
NUMBERS = pd.DataFrame({"test_images": [10_000, 10_000], "test_time_flip": [False, False]})


def run(**changes: object):
    found = {"train_images": 45000, "validation_images": 5000, "recipe": "tuned", "seed": 0}
    found |= {"budget": "full", "device": "GPU", "threads": 2, "precision": "bf16"}
    found |= {"versions": {"torch": "2.13", "python": "3.11"}}
    return example_records.run(**found | changes)


def test_the_conditions_of_all_runs():
    versions = {"torch": "2.12", "python": "3.11"}
    runs = [run(), run(seed=1, threads=1, train_images=2000, versions=versions), run()]
    assert provenance.conditions(CIFAR, runs, NUMBERS) == {
        "data set": "CIFAR-10: 45,000 or 2,000 train, 5,000 validation, 10,000 test images",
        "recipes": "tuned",
        "budget": "full",
        "seeds": "0, 1",
        "weights": "of the epoch with the best validation accuracy",
        "prediction": "from each test image as it is",
        "device": "GPU, 2 or 1 threads",
        "precision": "bf16",
        "torch": "2.13, 2.12",
        "python": "3.11",
    }
    assert provenance.conditions(CIFAR, runs[:1], NUMBERS)["torch"] == "2.13"
    assert provenance.conditions(CIFAR, runs[1:2], NUMBERS)["device"] == "GPU, 1 thread"
    together = [run(processes=4)]
    found = provenance.conditions(CIFAR, together, NUMBERS)["device"]
    assert found == "GPU, 4 processes of 2 threads"
    flipped = provenance.conditions(CIFAR, runs, NUMBERS.assign(test_time_flip=[False, True]))
    assert flipped["prediction"] == "the mean over each test image and its mirror image"


@pytest.mark.parametrize(("flip", "said"), [(False, "as it is"), (True, "mirror image")])
def test_the_conditions_say_how_test_images_were_predicted(flip, said):
    results = synthetic.results({"fast": 3.0})
    results.numbers["test_time_flip"] = flip
    told = provenance.conditions(results.dataset, results.runs, results.numbers)
    assert said in told["prediction"]


def test_recipes_are_told_apart_setting_by_setting():
    shared, differing = provenance.recipes(synthetic.results({"fast": 3.0, "slow": 0.3}).runs)
    assert shared == {"augmentation.flip": "0.5", "epochs": "3"}
    assert differing.to_numpy().tolist() == [
        ["lr", "0.1", "0.01"],
        ["options.dropout", "-", "0.3"],
    ]


def test_the_settings_of_one_alone_are_all_shared():
    shared, differing = provenance.recipes(
        [example_records.run(architecture="a", hyperparameters={"lr": 0.1})]
    )
    assert shared == {"lr": "0.1"}
    assert differing.empty


def test_what_is_off_is_not_listed_and_what_differs_is():
    settings = ({"lr": 0.1, "mix": 0.0, "clip": None}, {"lr": 0.1, "mix": 0.0, "clip": 1.0})
    runs = [
        example_records.run(architecture=name, hyperparameters=recipe)
        for name, recipe in zip("ab", settings, strict=True)
    ]
    shared, differing = provenance.recipes(runs)
    assert shared == {"lr": "0.1"}
    assert differing.to_dict("records") == [{"setting": "clip", "a": "none", "b": "1.0"}]


def test_of_many_architectures_each_has_a_row():
    shared, differing = provenance.recipes(
        [
            example_records.run(architecture=f"n{rank:02}", hyperparameters={"lr": rank, "clip": 1})
            for rank in range(11)
        ]
    )
    assert shared == {"clip": "1"}
    assert differing.columns.tolist() == ["architecture", "lr"]
    assert differing.to_numpy().tolist() == [[f"n{rank:02}", f"{rank}"] for rank in range(11)]
    alike = [example_records.run(architecture=f"n{rank:02}") for rank in range(11)]
    assert provenance.recipes(alike)[1].empty
