"""The page of claims follows from the rows that it is committed with."""

import shlex
import shutil
from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides
from ruamel.yaml import YAML
from test_studies import edit, run

from archbench.base import errors

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_rows_say(benchmarks, tmp_path):
    """The committed rows, whatever code made them: the keys that they carry are not today's."""
    benchmarks["claims"].write(benchmarks["studies"].read(), tmp_path)
    for made in tmp_path.iterdir():
        assert made.read_text() == (ROOT / "docs" / made.name).read_text()


def test_no_page_is_made_of_stale_rows(small, benchmarks, code, monkeypatch):
    monkeypatch.setattr(benchmarks["claims"], "CLAIMS", ())
    run(small, monkeypatch, "first")
    benchmarks["claims"].main()
    for edited in ("evaluation/scores.py", "training/loop.py"):
        edit(code / edited)
        with pytest.raises(errors.Refused, match="1 row of other code"):
            benchmarks["claims"].main()
        run(small, monkeypatch, "--seeds", "0")
        benchmarks["claims"].main()


@pytest.fixture
def rows():
    """Of full runs of one study."""

    def make(study: str, accuracies: list[float], **changes) -> list[dict]:
        same = {"study": study, "budget": "full", "train_images": 54_000, "epochs": 9}
        same |= {"device": "a CPU", "threads": 1, "test_images": 10_000, "stopped": None}
        same |= {"revision": "1a2b3c", "train_petaflop": 0.5}
        same |= dict.fromkeys(("loss", "ece", "scaled_ece", "train_accuracy"), 0.5)
        same |= dict.fromkeys(("precision_weighted", "gflops", "train_seconds"), 0.5)
        return [same | {"seed": k, "accuracy": one} | changes for k, one in enumerate(accuracies)]

    return make


@pytest.mark.parametrize(
    ("published", "said"),
    [(0.955, "published is higher"), (0.945, "published is lower"), (0.9549, "inside")],
)
def test_a_published_run_is_judged_by_what_one_more_of_ours_would_be(benchmarks, published, said):
    """Half the mean's interval would be 0.0025, and call the last one higher."""
    ends = benchmarks["claims"].prediction([0.949, 0.950, 0.951])
    assert ends == pytest.approx((0.95 - 0.004968, 0.95 + 0.004968), abs=1e-6)  # 4.3027 √(1 + 1/3)
    assert benchmarks["claims"].verdict(published, ends) == said


def verdicts(benchmarks, rows: list[dict]):
    return benchmarks["claims"].claims(rows).set_index(["system", "metric"])


def test_three_full_runs_make_a_verdict(benchmarks, rows):
    seeds = [0.9784, 0.9763, 0.9805]
    mlp = verdicts(benchmarks, rows("mlp-mnist-reference", seeds)).loc[("MLP, MNIST", "accuracy")]
    assert mlp["verdict"] == "inside"
    assert mlp["judged by"] == "[96.80 %, 98.88 %]"
    assert mlp["ours, its recipe"] == "97.84 % [97.32 %, 98.36 %]"
    quick = verdicts(benchmarks, rows("mlp-mnist-reference", seeds, budget="quick"))
    assert {*quick["ours, its recipe"]} == {"not yet run in full"}
    assert {*quick["verdict"]} == {"-"}


@pytest.mark.parametrize(("accuracy", "said"), [(0.80, "higher"), (0.86, "lower")])
def test_one_full_run_is_judged_by_its_own_test_images_and_says_so(
    benchmarks, rows, accuracy, said
):
    one = verdicts(benchmarks, rows("se_resnet-reference", [accuracy]))
    se_resnet = one.loc[("SE-ResNet, CIFAR-10", "accuracy")]
    assert se_resnet["verdict"] == f"one run: published is {said}"
    assert se_resnet["judged by"] in se_resnet["ours, its recipe"]
    loss = verdicts(benchmarks, rows("mlp-mnist-reference", [0.97])).loc[("MLP, MNIST", "loss")]
    assert (loss["verdict"], loss["judged by"]) == ("1 run: too few", "-")
    two = verdicts(benchmarks, rows("se_resnet-reference", [accuracy, 0.83]))
    assert two.loc[("SE-ResNet, CIFAR-10", "accuracy")]["verdict"] == "2 runs: too few"


def test_what_was_never_published_has_no_verdict(benchmarks, rows):
    many = verdicts(benchmarks, rows("resnet34-reference", [0.7, 0.8, 0.9]))
    assert many.loc[("ResNet-34, CIFAR-10", "accuracy")]["published"] == "no figure"
    assert many.loc[("ResNet-34, CIFAR-10", "accuracy")]["verdict"] == "-"


def test_what_has_no_recipe_of_its_authors_is_not_judged(benchmarks, rows):
    """speednet, beside airbench's accuracy."""
    many = rows("speednet-long", [0.93, 0.94, 0.95])
    assert not [system for system, _ in verdicts(benchmarks, many).index if "speednet" in system]
    short = benchmarks["claims"].in_short(many).set_index("system").loc["speednet, CIFAR-10"]
    assert (short["published"], short["by its authors' recipe"]) == ("94.00 %", "-")
    assert short["tuned"].startswith("94.00 % [")


def test_a_recipe_that_was_not_run_has_its_length_said(benchmarks, rows):
    tuned = rows("resnet18-long", [0.94, 0.95], epochs=16, train_seconds=3200)
    (said,) = benchmarks["claims"].missing(tuned)
    assert "ResNet-18" in said
    assert "200 epochs" in said
    assert "11.1 h" in said  # 200 epochs of 200 s
    assert not [*benchmarks["claims"].missing(tuned + rows("resnet18-reference", [0.93]))]


def test_the_headline_counts_the_minutes_of_the_runs_with_most_threads(benchmarks, rows):
    """The others shared the machine."""
    name, both = "se_resnet-long", {"threads": 2, "train_seconds": 1500}
    runs = [*rows(name, [0.93], train_seconds=2400), *rows(name, [0.94], **both)]
    short = benchmarks["claims"].in_short(runs).set_index("system").loc["SE-ResNet, CIFAR-10"]
    assert short["a tuned run takes"] == "25 min, 2 threads"
    assert short["tuned"].startswith("93.50 % [")
    assert short["by its authors' recipe"] == "not run with this code"


def test_the_costs_are_of_one_run(benchmarks, rows):
    many = rows("se_resnet-long", [0.9, 0.9], train_seconds=1800)
    (cost,) = benchmarks["claims"].costs(many).to_dict("records")
    assert (cost["a run takes"], cost["PFLOP of a run"]) == ("30 min", "0.5")
    assert cost["code of revision"] == "1a2b3c"


def test_the_pipeline_s_command_trains_what_the_study_trains(benchmarks, tmp_path, monkeypatch):
    """With params.yaml as DVC changes it for `-S`."""
    claims, studies = benchmarks["claims"], benchmarks["studies"]
    for claim in claims.CLAIMS:
        for study in (studies.STUDIES[name] for name in claim.studies):
            wanted = studies.settings(study, "full")
            words = shlex.split(claims.experiment(study, 2))
            assert words[:3] == ["dvc", "exp", "run"]
            changed = shutil.copy("params.yaml", tmp_path)
            apply_overrides(changed, [word for word in words if "=" in word])
            values = YAML(typ="safe").load(Path(changed))
            assert (values["architectures"], values["seeds"]) == ([study.architecture], [0, 1])
            with monkeypatch.context() as patch:
                patch.setattr(studies.params, "load", lambda values=values: values)
                same = study._replace(changes={})
                assert studies.settings(same, values["budget"]) == wanted


def test_one_run_has_an_interval_of_its_own_test_images(benchmarks, rows):
    claims = benchmarks["claims"]
    assert claims.estimate(rows("vit-tuned", [0.5]), "accuracy") == "50.00 % [49.02 %, 50.98 %]"
    few = rows("vit-tuned", [0.5], test_images=100)
    assert claims.estimate(few, "accuracy") == "50.00 % [40.38 %, 59.62 %]"
    assert claims.estimate(few, "loss") == "0.5000"


def test_runs_of_other_lengths_and_machines_are_not_taken_for_alike(benchmarks, rows):
    both = rows("vit-tuned", [0.5]) + rows("vit-tuned", [0.6], epochs=12, threads=2)
    said = benchmarks["claims"].conditions(both)
    assert said == (
        "full budget: 54,000 images × 9–12 epochs, 2 seeds; a CPU, 1 thread; a CPU, 2 threads"
    )


def test_without_rows_nothing_is_claimed(benchmarks):
    page = benchmarks["claims"].page([])
    assert page.count("not yet run in full") == 7
    assert page.count("not run with this code") == 2 * 5 + 1 + 1 + 14
    assert "better" not in page


def test_studies_that_are_compared_stand_side_by_side_and_one_may_be_missing(benchmarks, rows):
    some = rows("vit-tuned", [0.5]) + rows("resnet18-tuned", [0.6], epochs=12)
    names = ["convnext-tuned", "vit-tuned", "resnet18-tuned"]
    table = benchmarks["claims"].compared(some, names).set_index("study")
    assert table.index[0] == "test accuracy"
    assert table.loc["test accuracy"].tolist() == [
        "not run with this code",
        "50.00 % [49.02 %, 50.98 %]",
        "60.00 % [59.04 %, 60.96 %]",
    ]
    assert table.loc["runs", "convnext-tuned"] == "-"
    assert "× 9 epochs" in table.loc["runs", "vit-tuned"]
    assert "× 12 epochs" in table.loc["runs", "resnet18-tuned"]


def test_depth_is_drawn_once_every_depth_has_a_run(benchmarks, rows, tmp_path):
    claims = benchmarks["claims"]
    *some, last = [row for name in claims.DEPTHS for row in rows(name, [0.8], budget="quick")]
    claims.write(some, tmp_path)
    assert [made.name for made in tmp_path.iterdir()] == ["claims.md"]
    assert "depth.svg" not in (tmp_path / "claims.md").read_text()
    claims.write([*some, last], tmp_path)
    assert (tmp_path / "depth.svg").exists()
    assert "depth.svg" in (tmp_path / "claims.md").read_text()


def test_each_depth_says_its_own_runs(benchmarks, rows):
    """Under equal compute a deeper network sees fewer images."""
    shallow = rows("depth-plain_cnn-8", [0.8], budget="quick", train_images=42_000)
    deep = rows("depth-plain_cnn-56", [0.7], budget="quick", train_images=6_000)
    page = benchmarks["claims"].page([*shallow, *deep])
    lines = [line for line in page.splitlines() if line.startswith("| CNN plain")]
    assert ["42,000 images" in line for line in lines] == [True, False]
    assert ["6,000 images" in line for line in lines] == [False, True]
