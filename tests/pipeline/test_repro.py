"""What DVC's users expect, seen on a few images of the real CIFAR-10."""

import csv
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from safetensors.numpy import load_file

STAGES = [
    "check",
    "images",
    "download",
    "split",
    "pretrained",
    "external",
    "train@mlp-0",
    "train@se_resnet-0",
    "evaluate@mlp",
    "evaluate@se_resnet",
    "duplicates",
    "people",
    "compare",
    "explain@mlp",
    "explain@se_resnet",
    "gallery",
    "convert@mlp",
    "inference",
    "export@mlp",
    "report",
]
FASHION = ("Fashion-MNIST", "T-shirt/top")
READERS = {"check", "pretrained"}
"""The stages that a changed recipe or list of architectures reruns, a second each."""
AFTER_MLP = {"train@mlp-0", "evaluate@mlp", "explain@mlp", "compare", "gallery", "report"}


def test_from_nothing_to_the_report(first_run):
    made, done = first_run
    assert sorted(done.ran) == sorted(STAGES)
    page = (made.root / "report" / "report.html").read_text()
    assert "se_resnet" in page
    assert "CIFAR-10: 600 train, 500 validation, 10,000 test images" in page
    metrics = json.loads((made.root / "metrics" / "mlp.json").read_text())
    numbers = pd.read_csv(made.root / "metrics/details/numbers.csv", index_col="number")["mlp"]
    low, high = numbers[["network_low", "network_high"]].astype(float)
    assert 0.1 < low < metrics["accuracy"] < high < 0.6
    with (made.root / "data/evaluation/mlp/predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["index"]) for row in rows] == list(range(10_000))
    assert [int(row["label"]) for row in rows[:5]] == [3, 8, 8, 0, 6]
    for stem in ("mlp", "se_resnet", "shared"):
        assert (made.root / f"plots/gallery/{stem}.png").read_bytes()[:4] == b"\x89PNG"
    for stem in ("index", "mlp", "se_resnet"):
        assert "#pair-" in (made.root / f"gallery/{stem}.html").read_text()


def test_nothing_is_left_uncommitted_or_unfinished(first_run):
    made, _ = first_run
    assert made.run("git", "status", "--porcelain").output == ""
    assert made.run("dvc", "status").output.strip() == "Data and pipelines are up to date."
    assert not list((made.root / ".resume").iterdir())
    assert not (made.root / ".partial").exists()


def test_a_second_time_nothing_runs(project):
    assert project.run("dvc", "repro").ran == []


@pytest.mark.slow
def test_one_recipe_retrains_one_architecture_and_going_back_trains_none(project):
    before = (project.root / "params.yaml").read_text()
    project.change(lambda params: params["recipes"]["tuned"]["mlp"].update(lr=0.002))
    assert set(project.run("dvc", "repro").ran) == READERS | AFTER_MLP
    (project.root / "params.yaml").write_text(before)
    assert set(project.run("dvc", "repro").ran) <= {"compare"}  # DVC keeps no runs of what git has


def test_one_architecture_s_code_retrains_it_alone(project):
    project.replace("src/archbench/models/mlp.py", "nn.ReLU()", "nn.GELU()")
    assert set(project.run("dvc", "repro").ran) == {"check"} | AFTER_MLP


@pytest.mark.slow
def test_a_new_architecture_is_one_file_and_one_entry_and_trains_alone(project):
    code = (project.root / "src/archbench/models/mlp.py").read_text()
    (project.root / "src/archbench/models/perceptron.py").write_text(code)

    def add(params):
        params["architectures"].append("perceptron")
        params["recipes"]["tuned"]["perceptron"] = {"lr": 0.01, "options": {"widths": [16]}}

    project.change(add)
    own = {"train@perceptron-0", "evaluate@perceptron", "explain@perceptron"}
    assert set(project.run("dvc", "repro").ran) == READERS | {"compare", "gallery", "report"} | own
    assert "perceptron" in (project.root / "report/report.md").read_text()


@pytest.mark.slow
def test_a_second_name_of_an_architecture_begins_from_other_weights_beside_it(project):
    """A link to its file: the same code, another recipe."""
    name = "data/models/se_resnet/0/best.safetensors"
    before = load_file(project.root / name)
    shutil.copy(project.root / name, project.root / "data/pretrained/here.safetensors")
    (project.root / "src/archbench/models/se_resnet_probe.py").symlink_to("se_resnet.py")

    def begin(params):
        recipes = params["recipes"]["tuned"]
        own = {"init_from": "here.safetensors", "fine_tune": "linear_probe"}
        recipes["se_resnet_probe"] = {**recipes["se_resnet"], **own}
        params["architectures"] = ["se_resnet", "se_resnet_probe"]

    project.change(begin)
    assert "train@se_resnet_probe-0" in project.run("dvc", "repro").ran
    after = load_file(project.root / name.replace("se_resnet", "se_resnet_probe"))
    changed = {key for key in before if not (before[key] == after[key]).all()}
    assert changed == {"network.head.weight", "network.head.bias"}
    _, pair = (project.root / "metrics/pairwise.csv").read_text().splitlines()
    assert set(pair.split(",")[:2]) == {"se_resnet", "se_resnet_probe"}
    project.replace("src/archbench/models/se_resnet.py", "~2.8 M", "2.8 M")
    status = project.run("dvc", "status").output
    assert {"train@se_resnet-0:", "train@se_resnet_probe-0:"} <= set(status.split())
    (project.root / "data/pretrained/here.safetensors").unlink()
    refused = project.run("dvc", "repro", fails=True)
    assert refused.ran == ["check"]
    assert "init_from = 'here.safetensors': should be a file in data/pretrained" in refused.output


@pytest.mark.slow
def test_a_network_to_take_along_is_one_key_and_trains_nothing(project):
    shutil.rmtree(project.root / "exports", ignore_errors=True)
    done = project.run("dvc", "exp", "run", "-S", "exports=[mlp]")
    assert set(done.ran) <= {"check", "convert@mlp", "inference", "export@mlp", "report"}
    assert {path.name for path in (project.root / "exports/mlp").iterdir()} >= {
        *("README.md", "config.json", "labels.txt", "model.int8.onnx", "model.onnx"),
        *("model.pt2", "model.safetensors", "try.html"),
    }
    assert "Cost of use" in (project.root / "report/report.md").read_text()
    shown = json.loads(project.run("dvc", "metrics", "show", "--json").output)
    assert shown[""]["data"]["metrics/inference/mlp.json"]["data"]["latency_ms"] > 0


@pytest.mark.slow
def test_the_gallery_s_code_reruns_check_and_gallery_only(project):
    project.replace("src/archbench/gallery/sheets.py", "most confident", "surest")
    assert project.run("dvc", "repro").ran == ["check", "gallery"]


def test_the_report_s_template_reruns_check_and_the_report_only(project):
    project.replace("src/archbench/report/page.html.j2", "Known flaws", "Flaws")
    assert project.run("dvc", "repro").ran == ["check", "report"]


@pytest.mark.slow
def test_the_loop_s_code_retrains_all(project):
    project.replace("src/archbench/training/loop.py", '"""The epoch loop', '"""The loop')
    ran = project.run("dvc", "repro", "--downstream", "train@mlp-0", "train@se_resnet-0").ran
    assert {"train@mlp-0", "train@se_resnet-0"} <= set(ran)
    assert "split" not in ran


@pytest.mark.slow
def test_an_experiment_changes_what_it_says_and_is_told_apart(project):
    name = "higher-rate"
    options = ["-S", "lr=0.1", "-S", "architectures=[mlp]", "-n", name]
    done = project.run("dvc", "exp", "run", *options)
    assert set(done.ran) | {"pretrained"} == READERS | AFTER_MLP  # DVC may have it
    assert "lr is set, which hides every recipe's own; to undo: -S lr=null" in done.output
    run = json.loads((project.root / "data/runs/mlp/0/run.json").read_text())
    assert run["hyperparameters"]["lr"] == 0.1
    rows = table(project.run("dvc", "metrics", "diff", "--md", "HEAD").output)
    assert {"metrics/mlp.json"} <= {row[0] for row in rows}
    assert any(row[1] == "accuracy" for row in rows)
    shown = table(project.run("dvc", "metrics", "show", "--md").output)
    assert [row[0] for row in shown[2:]] == ["metrics/mlp.json"]
    project.run("dvc", "plots", "diff", "HEAD", "workspace", "-o", "dvc_plots")
    page = (project.root / "dvc_plots/index.html").read_text()
    assert '"rev": "workspace"' in page
    assert '"rev": "HEAD"' in page


@pytest.mark.slow
def test_predicting_with_mirror_images_trains_nothing(project):
    before = numbers(project, "mlp")
    project.change(lambda params: params.update(test_time_flip=True))
    evaluated = {"evaluate@mlp", "evaluate@se_resnet"}
    ran = set(project.run("dvc", "repro").ran)
    assert ran == {"check", "compare", "gallery", "report"} | evaluated
    after = numbers(project, "mlp")
    assert (before["test_time_flip"], after["test_time_flip"]) == (False, True)
    assert after["loss"] != before["loss"]
    assert "mirror image" in (project.root / "report/report.md").read_text()


@pytest.mark.slow
def test_speednet_trains_among_the_others(project):
    def small(params):
        params["architectures"] = ["speednet"]
        own = {"epochs": 1, "train_images": None, "options": {"widths": [4, 8]}}
        params["recipes"]["tuned"]["speednet"].update(own)

    project.change(small)
    assert "train@speednet-0" in project.run("dvc", "repro").ran
    metrics = numbers(project, "speednet")
    assert (metrics["train_images"], metrics["epochs"]) == (49_500, 1)
    assert metrics["accuracy"] > 0.2


def test_metrics_show_has_one_row_per_architecture(project):
    rows = table(project.run("dvc", "metrics", "show", "--md").output)
    assert [row[0] for row in rows[2:]] == ["metrics/mlp.json", "metrics/se_resnet.json"]
    assert {"accuracy", "loss", "scaled_ece", "budget", "gflops"} <= set(rows[0])
    assert len(rows[0]) <= 11


def test_plots_show_draws_every_table_and_sheet_once(project):
    project.run("dvc", "plots", "show", "-o", "dvc_plots")
    page = (project.root / "dvc_plots/index.html").read_text()
    for title in ("Learning curves", "Confusion", "Reliability"):
        assert page.count(f'"text": "{title}"') == 1
    assert page.count('"field": "validation_accuracy"') >= 1
    for sheet in ("mlp", "se_resnet", "shared"):
        assert f"{sheet}.png" in page


def test_a_bad_value_is_refused_before_anything_is_touched(project):
    done = project.run("dvc", "exp", "run", "-S", "lr=abc", fails=True)
    assert "params.yaml: lr = 'abc': should be a valid number" in done.output
    assert done.ran == ["check"]
    back = "git's last commit has lr = None; to go back: git restore params.yaml"
    assert f"params.yaml: {back}" in done.output
    assert (project.root / "data/models/mlp/0/best.safetensors").exists()
    assert (project.root / "data/evaluation/mlp/predictions.csv").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dataset", "title", "name"), [("mnist", "MNIST", "7"), ("fashion_mnist", *FASHION)]
)
def test_another_data_set_is_one_word_away(project, dataset, title, name):
    options = ["-S", f"dataset={dataset}", "-S", "architectures=[mlp]"]
    assert set(project.run("dvc", "exp", "run", *options).ran) >= {"download", "split"} | AFTER_MLP
    assert f"data set: {title}: 600 train" in (project.root / "report/report.md").read_text()
    run = json.loads((project.root / "data/runs/mlp/0/run.json").read_text())
    assert run["parameters"] == 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10
    project.run("dvc", "plots", "show", "-o", "dvc_plots")
    assert f'"predicted": "{name}"' in (project.root / "dvc_plots/index.html").read_text()


@pytest.mark.slow
def test_images_that_the_run_does_not_read_rerun_nothing_else(project):
    noise(project.root / "data/folder/train/cat/0.png")
    assert project.run("dvc", "repro").ran == ["images"]
    shutil.rmtree(project.root / "data/folder/train")  # git, which ignores it, would leave it


@pytest.mark.slow
def test_own_images_are_read_again_when_one_changes_and_only_then(project, tmp_path):
    for half, images in (("train", 32), ("test", 8)):
        for label in ("cat", "dog"):
            for number in range(images):
                noise(tmp_path / half / label / f"{number}.png")
    project.change(lambda params: params.update(validation=None))
    options = ["-S", f"folder.path={tmp_path}", "-S", "architectures=[mlp]"]
    ran = project.run("dvc", "exp", "run", "-S", "dataset=folder", *options).ran
    ran = set(ran) | {"pretrained"}  # DVC may have it
    of_data = {"images", "download", "external", "duplicates", "people"}
    assert ran == READERS | of_data | {"split", "inference"} | AFTER_MLP
    run = json.loads((project.root / "data/runs/mlp/0/run.json").read_text())
    assert run["hyperparameters"]["batch_size"] == 58
    page = (project.root / "report/report.md").read_text()
    assert ": 58 train, 6 validation, 16 test images" in page
    (tmp_path / "train/cat/0.png").touch()
    assert project.run("dvc", "repro").ran == []
    noise(tmp_path / "train/cat/0.png")
    again = {"images", "download", "external", "duplicates"} | AFTER_MLP
    assert set(project.run("dvc", "repro").ran) == again  # as many images, the same test images
    (tmp_path / "train/dog/bad.png").touch()
    refused = project.run("dvc", "repro", fails=True)
    assert refused.ran == ["images", "download"]
    assert "  train/dog/bad.png: empty" in refused.output


@pytest.mark.slow
def test_three_classes_of_ten_images_run_by_the_data_set_s_name_alone(project):
    own = project.root / "data/folder/train"
    for label in ("cat", "dog", "frog"):
        for number in range(10):
            noise(own / label / f"{number}.png")
    project.change(lambda params: params.update(validation=None))
    options = ["-S", "dataset=folder"]
    temporary = project.run("dvc", "exp", "run", "--temp", *options, fails=True)
    assert "folder.path = 'data/folder': has no folder train; the queue and" in temporary.output
    assert "report" in project.run("dvc", "exp", "run", *options).ran
    page = (project.root / "report/report.md").read_text()
    assert ": 22 train, 2 validation, 6 test images" in page
    shutil.rmtree(own)  # git, which ignores it, would leave it


@pytest.mark.slow
def test_weights_rerun_the_architecture_that_begins_from_them_and_no_other(project):
    own = project.root / "data/pretrained/mlp.safetensors"
    shutil.copy(project.root / "data/models/mlp/0/best.safetensors", own)
    assert project.run("dvc", "repro").ran == ["check", "pretrained"]
    project.change(lambda params: params["recipes"]["tuned"]["mlp"].update(init_from=own.name))
    ran = set(project.run("dvc", "repro").ran)
    assert ran == READERS | AFTER_MLP
    shutil.copy(project.root / "data/models/mlp/0/last.safetensors", own)
    ran = set(project.run("dvc", "repro").ran)
    assert {"train@mlp-0"} < ran <= READERS | AFTER_MLP
    own.unlink()


@pytest.mark.slow
def test_external_predictions_rerun_what_compares_them_and_train_nothing(project):
    own = project.root / "data/external/own.json"
    labels = np.load(project.root / "data/test/labels.npy").tolist()
    own.write_text(json.dumps(labels))
    assert project.run("dvc", "repro").ran == ["check", "external"]
    own.write_text(json.dumps([*labels[:-1], (labels[-1] + 1) % 10]))
    done = project.run("dvc", "exp", "run", "-S", "external={own: own.json}")
    assert set(done.ran) == {"check", "external", "compare", "gallery", "report"}
    assert "| own | 100.0 ± " in (project.root / "report/report.md").read_text()
    compare = ("env", "PYTHONPATH=src", "python", "-m", "archbench.comparison.revisions")
    assert "- own: new" in project.run(*compare).output
    project.change(lambda params: params["recipes"]["tuned"]["mlp"].update(lr=0.002))
    own.write_text(json.dumps(labels[:-1]))
    refused = project.run("dvc", "repro", fails=True)
    assert "data/external/own.json: has 9,999 rows: should have 10,000, one for" in refused.output
    assert not [name for name in refused.ran if name.startswith("train")]
    own.unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("architectures", "mlp", "architectures = 'mlp': should be a valid list"),
        ("architectures", None, "architectures = None: should be a valid list"),
        ("architectures", ["../../x"], "architectures: '../../x' is unknown; known are:"),
        ("seeds", 0, "seeds = 0: should be a valid list"),
        ("folder", {"path": None}, "folder.path = None: should be a valid string"),
    ],
    ids=str,
)
def test_what_dvc_cannot_read_make_check_names(project, key, value, says):
    project.change(lambda params: params.update({key: value}))
    (project.root / ".venv").mkdir(exist_ok=True)
    (project.root / ".venv/installed").touch()
    refused = project.run("make", "repro", fails=True)
    assert f"params.yaml: {says}" in refused.output
    assert refused.ran == []
    assert "dvc.org/support" not in refused.output


@pytest.mark.slow
def test_an_empty_folder_path_is_refused_by_check_under_dvc_too(project):
    project.change(lambda params: params["folder"].update(path=None))
    refused = project.run("dvc", "repro", fails=True)
    assert refused.ran == ["check"]
    assert "params.yaml: folder.path = None: should be a valid string" in refused.output


def noise(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng().integers(256, size=(20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("train/images.npy", ["train.py mlp 0", "evaluate.py mlp", "explain.py mlp"]),
        ("models/mlp/0/best.safetensors", ["evaluate.py mlp", "explain.py mlp"]),
    ],
)
def test_a_flipped_bit_is_refused_where_it_would_change_a_number(project, file, stages):
    path = project.root / "data" / file
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    for stage in stages:
        script, *arguments = stage.split()
        refused = project.run("python", f"stages/{script}", *arguments, fails=True)
        assert refused.status == 2
        assert refused.output.startswith(f"data/{file} is damaged: ")


@pytest.mark.slow
def test_the_quick_budget_cuts_the_recipe_to_the_compute_that_it_grants(project):
    options = ["-S", "budgets.quick.petaflop=0.000001", "-S", "architectures=[mlp]"]
    project.run("dvc", "exp", "run", *options)
    run = json.loads((project.root / "data/runs/mlp/0/run.json").read_text())
    assert (run["train_images"], run["epochs"]) == (3 * 128, 1)
    assert run["budget_petaflop"] == 1e-06
    assert run["train_petaflop"] == pytest.approx(1e-06, rel=0.1)


@pytest.mark.slow
def test_the_full_budget_is_the_recipe_itself(project):
    own = {"epochs": 1, "train_images": None}
    project.change(lambda params: params["recipes"]["tuned"]["mlp"].update(own))
    options = ["-S", "budget=full", "-S", "architectures=[mlp]"]
    project.run("dvc", "exp", "run", *options)
    run = json.loads((project.root / "data/runs/mlp/0/run.json").read_text())
    assert (run["budget"], run["budget_petaflop"]) == ("full", None)
    assert run["train_images"] == 49_500
    assert run["hyperparameters"]["batch_size"] == 128


@pytest.mark.slow
def test_more_seeds_are_trained_and_counted(project):
    project.change(lambda params: params.update(seeds=[0, 1, 2], architectures=["mlp"]))
    assert "train@mlp-1" in project.run("dvc", "repro").ran
    metrics = numbers(project, "mlp")
    assert metrics["seeds"] == 3
    assert metrics["accuracy_low"] < metrics["accuracy"] < metrics["accuracy_high"]
    assert metrics["accuracy_sd"] > 0
    assert "train@mlp-0" not in project.run("dvc", "repro").ran


@pytest.mark.slow
def test_revisions_are_compared_from_what_git_keeps(project):
    compare = ("env", "PYTHONPATH=src", "python", "-m", "archbench.comparison.revisions")
    same = project.run(*compare).output
    assert re.search(r"mlp: \+0\.00 points \[-0\.\d+, \+0\.\d+\], these networks are equal", same)
    worse = ("-S", "recipes.tuned.mlp.lr=0.00001", "-S", "architectures=[mlp]", "-n", "slow")
    project.run("dvc", "exp", "run", *worse)
    said = project.run(*compare, "HEAD", "slow").output
    assert "Test accuracy, slow against HEAD:" in said
    assert "mlp: -" in said
    assert "these networks differ; another seed could turn it round (p < 0.001, one seed)" in said
    assert "- se_resnet: gone" in said
    refused = project.run(*compare, "no-such-revision", fails=True).output
    assert refused.startswith("no-such-revision: ")


@pytest.mark.slow
def test_robustness_is_asked_for_and_then_on_the_page(project):
    assert "Robustness" not in (project.root / "report/report.html").read_text()
    project.change(lambda params: params.update(robustness=True, architectures=["mlp"]))
    ran = project.run("dvc", "repro").ran
    assert not [name for name in ran if name.startswith("train")]
    with (project.root / "data/evaluation/mlp/robustness.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 * 4
    assert {row["severity"] for row in rows} == {"0", "1", "3", "5"}
    with (project.root / "data/evaluation/mlp/robustness_shares.csv").open() as file:
        shares = [float(row["share"]) for row in csv.DictReader(file)]
    spoiled = [float(row["accuracy"]) for row in rows if row["severity"] != "0"]
    assert len(shares) == 2000
    assert np.mean(shares) == pytest.approx(np.mean(spoiled), abs=1e-8)  # of nine digits
    with (project.root / "metrics/details/robustness_means.csv").open() as file:
        (mean,) = csv.DictReader(file)
    assert float(mean["network_low"]) < np.mean(shares) < float(mean["network_high"])
    assert float(mean["accuracy"]) == pytest.approx(np.mean(shares))
    page = (project.root / "report/report.html").read_text()
    assert f"{100 * np.mean(shares):.1f} ±" in page.split("<h2>Robustness")[1]


@pytest.mark.slow
def test_a_smaller_margin_compares_again_and_trains_nothing(project):
    project.change(lambda params: params.update(equivalence_margin=0.1))
    least = {"check", "compare", "inference", "gallery", "report"}
    assert set(project.run("dvc", "repro").ran) <= least


def numbers(project, architecture: str) -> dict:
    return json.loads((project.root / f"data/evaluation/{architecture}/numbers.json").read_text())


def table(markdown: str) -> list[list[str]]:
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.slow
def test_what_the_pipeline_costs_can_be_measured(project):
    project.run("python", "benchmarks/pipeline.py", "--within", ".", "--rounds", "1")
    rows = json.loads((project.root / "results/pipeline.json").read_text())["rows"]
    with_torch = {row["what"] for row in rows if row.get("imports torch") is True}
    assert with_torch == {"stage train", "stage evaluate", "stage explain"}
