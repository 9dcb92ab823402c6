"""What params.yaml may not say, and the one line that says so."""

import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from archbench.base import params
from archbench.base.errors import Refused
from archbench.check import check, find_builders, hides

ROOT = Path(__file__).parents[1]


def committed() -> dict:
    return YAML(typ="safe").load(ROOT / "params.yaml")


def changed(key: str, value: object) -> dict:
    values = committed()
    *parents, last = key.split(".")
    section = values
    for parent in parents:
        section[parent] = section.get(parent) or {}
        section = section[parent]
    section[last] = value
    return values


def test_the_committed_parameters_hold():
    check(committed())


GOOD = [
    ("lr", 1e-05),
    ("lr", 1),
    ("validation", None),
    ("validation", 0.1),
    ("validation", 10_000),
    ("dataset", "mnist"),
    ("dataset", "cifar100"),
    ("dataset", "fashion_mnist"),
    ("folder.path", "/"),
    ("folder.image_size", 224),
    ("budget", "full"),
    ("budgets.quick.petaflop", None),
    ("budgets.quick.petaflop", 1e-06),
    ("budgets.full.petaflop", 9),
    ("human_labels", True),
    ("seeds", [0, 1, 2]),
    ("architectures", ["mlp"]),
    ("recipes.tuned.resnet18.options.norm", "group"),
    ("recipes.tuned.mlp.options.widths", [256, 128, 64]),
]


@pytest.mark.parametrize(("key", "value"), GOOD, ids=str)
def test_good_values(key, value):
    check(changed(key, value))


BAD = [
    ("lr", "abc", "lr = 'abc': should be a valid number"),
    ("lr", "0.1", "lr = '0.1'"),
    ("lr", float("nan"), "lr = nan: should be a finite number"),
    ("lr", float("inf"), "lr = inf"),
    ("lr", -1, "lr = -1: should be greater than 0"),
    ("lr", 0, "lr = 0"),
    ("lr", True, "lr = True"),
    ("epochs", 1.5, "epochs = 1.5"),
    ("epochs", 0, "epochs = 0"),
    ("epochs", False, "epochs = False"),
    ("batch_size", 10**6, "batch_size of speednet = 1000000: should be at most 45000"),
    ("architectures", ["mlpp"], "architectures: 'mlpp' is unknown; did you mean 'mlp'?"),
    ("architectures", ["blocks"], "architectures: 'blocks' is unknown"),
    ("architectures", [], "architectures = []"),
    ("architectures", "mlp", "architectures = 'mlp'"),
    ("architectures", ["mlp", "mlp"], "just once"),
    ("seeds", [], "seeds = []"),
    ("seeds", [0, 0], "just once"),
    ("seeds", [-1], "seeds.0 = -1"),
    ("seeds", 0, "seeds = 0"),
    ("dataset", "cifar", "dataset = 'cifar'"),
    ("data_directory", 3, "data_directory = 3"),
    ("folder.path", "typo", "folder.path = 'typo': there is no such folder"),
    ("folder.path", "params.yaml", "folder.path = 'params.yaml': there is no such folder"),
    ("folder.path", "", "folder.path = '': "),
    ("folder.image_size", 4, "folder.image_size = 4: should be greater than or equal to 8"),
    ("folder.skip_bad", "no", "folder.skip_bad = 'no'"),
    ("folder.size", 32, "folder.size is unknown"),
    ("validation", 0, "validation = 0: should be a count"),
    ("validation", 1.0, "validation = 1.0"),
    ("validation", 50_000, "validation = 50000: should be below the 50000"),
    ("validation", True, "validation = True"),
    ("budget", "huge", "budget = 'huge': should be 'quick' or 'full'"),
    ("precision", "fp16", "precision = 'fp16'"),
    ("exports", "mlp", "exports = 'mlp': should be a valid list"),
    ("exports", ["mlp", "mlp"], "should name each just once"),
    ("exports", ["vit"], "should name some of architectures, which 'vit' is not"),
    ("gallery_tiles", 0, "gallery_tiles = 0"),
    ("equivalence_margin", 0, "equivalence_margin = 0"),
    ("equivalence_margin", "half", "equivalence_margin = 'half'"),
    ("learning_rate", 0.1, "learning_rate is unknown"),
    ("batchsize", 3, "batchsize is unknown; did you mean 'batch_size'?"),
    ("recipes.tuned.mlp.dropout", 0.1, "recipes.tuned.mlp.dropout is unknown"),
    ("recipes.tuned.mlp.lrr", 0.1, "recipes.tuned.mlp.lrr is unknown; did you mean 'lr'?"),
    ("recipes.tuned.mlp.optimizer", "sdg", "recipes.tuned.mlp.optimizer = 'sdg'"),
    (
        "recipes.tuned.mlp.options.dropuot",
        0.1,
        "options.dropuot is unknown; did you mean 'dropout'?",
    ),
    ("recipes.tuned.mlp.options.dropout", 1.5, "recipes.tuned.mlp.options.dropout = 1.5"),
    ("recipes.tuned.mlp.options.widths", [], "recipes.tuned.mlp.options.widths = []"),
    (
        "recipes.tuned.resnet18.options.norm",
        "layer",
        "norm = 'layer': should be 'batch' or 'group'",
    ),
    (
        "recipes.tuned.se_resnet.augmentation.flip",
        2,
        "recipes.tuned.se_resnet.augmentation.flip = 2: should be a",
    ),
    ("recipes.tuned.se_resnet.augmentation.flp", 1, "did you mean 'flip'?"),
    ("recipes.tuned.shared", {"lr": 0.1}, "recipes.tuned.speednet.optimizer is missing"),
    ("recipes", {"tuned": {}}, "recipes.tuned: 'shared' is unknown"),
    ("recipes.tuned", {"shared": {}}, "recipes.tuned: 'speednet' is unknown"),
    ("recipe", "reference", "recipes.reference: 'speednet' is unknown"),
    ("recipe", "best", "recipe = 'best': should be 'tuned' or 'reference'"),
    ("recipes.tuned.mlp.init_from", "x", "init_from = 'x': should be a file in data/pretrained"),
    ("recipes.reference.mlp.schedule", "steps", "recipes.reference.mlp.schedule = 'steps'"),
    ("recipes.tuned.speednet.quick", {"epochs": 1}, "recipes.tuned.speednet.quick is unknown"),
    ("compile", "maybe", "compile = 'maybe': should be 'auto', 'always' or 'never'"),
    ("processes", 0, "processes = 0: should be greater than or equal to 1"),
    ("processes", 1000, "processes = 1000: should be less than or equal to 64"),
    ("test_time_flip", 1, "test_time_flip = 1"),
    ("human_labels", "yes", "human_labels = 'yes': should be a valid boolean"),
    ("budgets.quick.petaflop", 0, "budgets.quick.petaflop = 0: should be greater than 0"),
    ("budgets.quick.petaflop", -1, "budgets.quick.petaflop = -1: should be greater than 0"),
    ("budgets.quick.petaflop", 1e7, "budgets.quick.petaflop = 10000000.0: should be less than"),
    ("budgets.quick.petaflop", float("inf"), "budgets.quick.petaflop = inf"),
    ("budgets.quick.petaflop", float("nan"), "budgets.quick.petaflop = nan"),
    ("budgets.quick.petaflop", "a lot", "budgets.quick.petaflop = 'a lot': should be a valid num"),
    ("budgets.quick.petaflop", True, "budgets.quick.petaflop = True"),
    ("budgets.quick", {"regularisation": None}, "budgets.quick.petaflop is missing"),
    ("budgets.quick.epochs", 3, "budgets.quick.epochs is unknown"),
    ("budgets.quick.train_images", 16_000, "budgets.quick.train_images is unknown"),
]


def test_every_process_has_two_images_of_each_batch():
    check(changed("processes", 8) | {"batch_size": 16})
    with pytest.raises(Refused) as refusal:
        check(changed("processes", 8) | {"batch_size": 15})
    assert str(refusal.value) == (
        "params.yaml: processes = 8: should be at most half of batch_size of speednet, which is 15"
    )


def test_several_processes_do_not_compile():
    check(changed("processes", 2))
    with pytest.raises(Refused, match="compile = 'always': should be auto or never with processes"):
        check(changed("processes", 2) | {"compile": "always"})


def test_people_labelled_cifar10_only():
    with pytest.raises(Refused) as refusal:
        check(changed("human_labels", True) | {"dataset": "mnist"})
    assert str(refusal.value) == (
        "params.yaml: human_labels = true: should be false for dataset: mnist, since people "
        "labelled the test images of cifar10 only"
    )


@pytest.mark.parametrize(("key", "value", "message"), BAD, ids=str)
def test_bad_values_name_key_value_and_what_is_allowed(key, value, message):
    with pytest.raises(Refused) as refusal:
        check(changed(key, value))
    line = str(refusal.value)
    assert line.startswith("params.yaml: ")
    assert message in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("architecture", "options", "message"),
    [
        ("plain_cnn", {"depth": 21}, "depth = 21: should be 6n + 2, such as 8, 20, 32 or 56"),
        ("residual_cnn", {"depth": 2}, "depth = 2: should be greater than or equal to 8"),
        ("residual_mlp", {"skips": "no"}, "skips = 'no': should be a valid boolean"),
        ("resnet34", {"stem": "tiny"}, "stem = 'tiny': should be 'imagenet' or 'small'"),
    ],
    ids=str,
)
def test_options_are_what_the_architecture_s_build_says(architecture, options, message):
    values = changed("architectures", [architecture])
    values["recipes"]["tuned"][architecture] = {"options": options}
    with pytest.raises(Refused) as refusal:
        check(values)
    assert str(refusal.value) == f"params.yaml: recipes.tuned.{architecture}.options.{message}"


FIRST = "num_classes, in_channels, image_size"
KINDS = "should be one of bool, int, float, str, CifarDepth, Depth, Norm, Pixels, Positive, "


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (f"{FIRST}, **options", "(**options): should name each option and its type"),
        (f"{FIRST}, *sizes", "(*sizes): should name each option and its type"),
        (f"{FIRST}, depth: Depth = 3", "(depth): should be keyword-only, so after a `*`"),
        ("num_classes, *, depth: Depth = 3", f": its first arguments should be {FIRST}"),
        (f"{FIRST}, *, size", f"(size) has no type: {KINDS}"),
        (f"{FIRST}, *, size: Optional[int]", f"(size) has the type Optional[int]: {KINDS}"),
        (f"{FIRST}, *, size: int | None", f"(size) has the type int | None: {KINDS}"),
        (f"{FIRST}, *, size: int[3]", f"(size) has the type int[3]: {KINDS}"),
        (f"{FIRST}, *, size: 'Depth'", f"(size) has the type 'Depth': {KINDS}"),
        (f"{FIRST}, *, kind: torch.dtype", f"(kind) has the type torch.dtype: {KINDS}"),
        (f"{FIRST}, *, size: print('run')", f"(size) has the type print('run'): {KINDS}"),
    ],
    ids=str,
)
def test_a_build_whose_options_cannot_be_checked(tmp_path, capsys, arguments, message):
    (tmp_path / "mlp.py").write_text(f"def build({arguments}): ...")
    with pytest.raises(Refused) as refusal:
        check(changed("architectures", ["mlp"]), models=tmp_path)
    line = str(refusal.value)
    assert line.startswith(f"models/mlp.py: build{message}")
    assert "\n" not in line
    assert capsys.readouterr().out == ""


def test_an_option_without_a_default_must_be_in_the_recipe(tmp_path):
    """That of params.yaml has `dropout`, and no `depth`."""
    build = f"def build({FIRST}, *, dropout: float, depth: Depth"
    (tmp_path / "mlp.py").write_text(f"{build}): ...")
    with pytest.raises(Refused, match=r"^params.yaml: recipes.tuned.mlp.options.depth is missing$"):
        check(changed("architectures", ["mlp"]), models=tmp_path)
    (tmp_path / "mlp.py").write_text(
        f"def build({FIRST}, *, dropout: float, depth: Depth = 3): ..."
    )
    check(changed("architectures", ["mlp"]), models=tmp_path)


@pytest.mark.parametrize("architecture", ["mlp", "residual_mlp", "vit"])
def test_a_network_for_one_size_cannot_begin_with_small_images(architecture):
    key = f"recipes.tuned.{architecture}.progressive_resizing"
    values = changed(key, 0.5) | {"architectures": [architecture]}
    with pytest.raises(Refused) as refusal:
        check(values)
    allowed = f"should be 0, since {architecture} takes images of one size only"
    assert str(refusal.value) == f"params.yaml: {key} = 0.5: {allowed}"


def test_every_other_network_can():
    for architecture in ("se_resnet", "resnet34", "convnext", "speednet"):
        key = f"recipes.tuned.{architecture}.progressive_resizing"
        check(changed(key, 0.5) | {"architectures": [architecture]})


def test_mixing_takes_images_in_pairs():
    odd = changed("budget", "full")
    odd |= {"recipe": "reference", "batch_size": 31, "architectures": ["se_resnet"]}
    with pytest.raises(Refused, match="batch_size of se_resnet = 31: should be even"):
        check(odd)


def test_a_folder_without_images_is_refused_and_why_the_queue_has_none_is_said(tmp_path):
    """Git ignores the images, so the queue's copy of the repository has a page on them only."""
    values = changed("dataset", "folder")
    with pytest.raises(Refused) as refusal:
        check(values)
    line = "params.yaml: folder.path = 'data/folder': has no folder train"
    queue = "the queue and `--temp` copy what git knows, so they need an absolute path"
    assert str(refusal.value) == f"{line}; {queue}"
    values["folder"]["path"] = str(tmp_path)
    with pytest.raises(Refused, match=f"{tmp_path}': has no folder train$"):
        check(values)
    (tmp_path / "train").mkdir()
    check(values)


def test_a_folder_s_images_are_not_yet_counted(tmp_path):
    (tmp_path / "train").mkdir()
    values = changed("recipes.tuned.mlp.train_images", 16_000)
    values |= {"dataset": "folder", "validation": 60_000, "batch_size": 16_000}
    values["folder"]["path"] = str(tmp_path)
    check(values)
    with pytest.raises(Refused, match="batch_size of mlp = 16002: should be at most 16000, the"):
        check(values | {"batch_size": 16_002, "architectures": ["mlp"]})


def test_weights_that_dvc_does_not_watch_are_refused_though_they_are_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("data/folder/x", "data/pretrained/in/side", "outside"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    check(changed("recipes.tuned.mlp.init_from", "in/side"))
    for name in (str(tmp_path / "outside"), "../../outside", "in/../../../outside"):
        with pytest.raises(Refused, match=r"init_from = .*: should be a file in data/pretrained"):
            check(changed("recipes.tuned.mlp.init_from", name))


def test_a_recipe_s_own_batch_may_be_larger_than_the_images():
    values = changed("recipes.tuned.mlp.batch_size", 60_000)
    check(values)
    with pytest.raises(Refused, match="batch_size of speednet = 60000: should be at most 45000"):
        check(values | {"batch_size": 60_000})


def test_the_knobs_that_hide_every_recipe_s_own_are_named():
    assert hides(committed()) == []
    assert hides(committed() | {"lr": 0.1, "batch_size": 64}) == ["lr", "batch_size"]


@pytest.mark.parametrize("key", ["lr", "seeds", "recipes", "budget", "dataset", "folder"])
def test_a_missing_key_is_named(key):
    values = committed()
    del values[key]
    with pytest.raises(Refused, match=f"{key}.* is missing"):
        check(values)


def test_numbers_are_read_as_dvc_reads_them(tmp_path, monkeypatch):
    """`-S lr=0.00001` writes 1e-05, which PyYAML takes for a string; 010 is ten, not eight."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text("lr: 1e-05\nbatch_size: 010\ndataset: no\n")
    assert params.load() == {"lr": 1e-05, "batch_size": 10, "dataset": "no"}


@pytest.mark.parametrize("text", ["a: [1", "- 1\n- 2\n", "", "lr: 1\nlr: 2\n"])
def test_what_is_no_mapping_is_refused_in_one_line(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(text)
    with pytest.raises(Refused, match=r"^params\.yaml: [^\n]+$"):
        params.load()


@pytest.mark.parametrize(
    "command", [["check.py"], ["train.py", "mlp", "0"]], ids=lambda command: command[0]
)
def test_the_stages_refuse_with_status_2_and_one_line_before_torch(tmp_path, command):
    text = (ROOT / "params.yaml").read_text()
    (tmp_path / "params.yaml").write_text(text.replace("\nlr:\n", "\nlr: abc\n"))
    (tmp_path / "torch.py").write_text("raise SystemExit('torch was imported')")
    script, *arguments = command
    done = subprocess.run(
        [sys.executable, ROOT / "stages" / script, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT / 'src'}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == "params.yaml: lr = 'abc': should be a valid number\n"
    assert not (tmp_path / "data").exists()


def test_no_architecture_takes_the_name_of_one_of_the_gallery_s_pages(tmp_path):
    for name in ("index", "shared", "fine"):
        (tmp_path / f"{name}.py").write_text("def build(): ...")
    assert list(find_builders(tmp_path)) == ["fine"]
