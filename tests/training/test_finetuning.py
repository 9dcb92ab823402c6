"""Weights that were learned elsewhere: what is taken, what begins anew, what is refused."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file
from test_loop import fit, task

from archbench.base.errors import Refused
from archbench.networks import classifier, weights
from archbench.networks.vision import timm
from archbench.training import finetuning, run
from archbench.training.optimisation import layer_scales, make_optimizer
from archbench.training.recipe import Recipe

OPTIONS = {"widths": [4, 8]}


@pytest.fixture
def pretrained(tmp_path, monkeypatch):
    monkeypatch.setattr(finetuning, "PRETRAINED", tmp_path)
    return tmp_path


def build(classes=4, channels=3, architecture="se_resnet", **options):
    options = options or OPTIONS
    return classifier.build(architecture, classes, (16, 16, channels), options)


def begun(pretrained, model, other):
    weights.write(pretrained / "w.safetensors", weights.copy_of(other))
    finetuning.initialise(model, finetuning.load("w.safetensors"), "w.safetensors")


def test_all_but_the_head_and_the_normalisation_is_taken(pretrained):
    model, other = build(), build(classes=7)
    other.mean.fill_(0.5)
    other.std.fill_(0.25)
    head, mean, std = (
        value.clone() for value in (model.network.head.weight, model.mean, model.std)
    )
    begun(pretrained, model, other)
    ours, theirs = model.state_dict(), other.state_dict()
    backbone = [name for name in ours if "head" not in name and name not in ("mean", "std")]
    assert len(backbone) > 20
    assert all(torch.equal(ours[name], theirs[name]) for name in backbone)
    assert torch.equal(model.network.head.weight, head)
    assert torch.equal(model.mean, mean)
    assert torch.equal(model.std, std)


def test_the_network_s_own_weights_are_found_by_its_names(pretrained):
    other = build()
    weights.write(pretrained / "w.safetensors", weights.copy_of(other))
    assert finetuning.load("w.safetensors").keys() == other.network.state_dict().keys()


def test_the_first_filters_are_summed_over_colours_for_grey_images(pretrained):
    model, other = build(channels=1), build()
    begun(pretrained, model, other)
    grey, colour = model.network.stem[0].weight, other.network.stem[0].weight
    torch.testing.assert_close(grey, colour.sum(1, keepdim=True))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"widths": [4, 16]}, r"blocks\.2\.\S+ is \(.*\), the network's \(.*\)"),
        ({"architecture": "mlp", "dropout": 0.1}, "has no "),
    ],
)
def test_weights_of_another_network_are_refused(pretrained, other, message):
    model = build()
    before = weights.copy_of(model)
    with pytest.raises(Refused, match=f"init_from = 'w.safetensors': {message}"):
        begun(pretrained, model, build(**other))
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


@pytest.mark.parametrize("content", [None, b"no weights"])
def test_a_file_that_is_none_is_refused(pretrained, content):
    if content:
        (pretrained / "x.safetensors").write_bytes(content)
    with pytest.raises(Refused, match=r"init_from = 'x.safetensors': .* is no safetensors file"):
        finetuning.load("x.safetensors")


def test_timm_s_file_is_read_by_timm_s_names(pretrained):
    """What timm's hub has as model.safetensors, for a thousand classes of coloured images."""
    theirs = timm.create_model("test_resnet", num_classes=1000)
    save_file(theirs.state_dict(), pretrained / "model.safetensors")
    ours = timm.create_model("test_resnet", num_classes=4, in_chans=1)
    model = classifier.Classifier(ours, channels=1)
    finetuning.initialise(model, finetuning.load("model.safetensors"), "model.safetensors")
    assert torch.equal(ours.layer1[0].conv1.weight, theirs.layer1[0].conv1.weight)
    assert ours.fc.out_features == 4


def test_what_timm_has_is_fetched_by_its_name(monkeypatch):
    asked: dict[str, object] = {}

    def create(name, pretrained):
        asked.update(name=name, pretrained=pretrained)
        return torch.nn.Linear(2, 2)

    monkeypatch.setattr(timm, "create_model", create)
    assert set(finetuning.load("timm:resnet34.a1_in1k")) == {"weight", "bias"}
    assert asked == {"name": "resnet34.a1_in1k", "pretrained": True}


@pytest.mark.parametrize(
    ("error", "line"),
    [(OSError("no route\nand more"), "no route"), (TimeoutError(), "TimeoutError")],
)
def test_the_first_line_of_timm_s_error_is_shown(monkeypatch, error, line):
    def create(name, pretrained):
        raise error

    monkeypatch.setattr(timm, "create_model", create)
    with pytest.raises(Refused, match=f"timm cannot fetch it: {line}; without a network"):
        finetuning.load("timm:resnet34.a1_in1k")


@pytest.mark.parametrize("name", ["timm:nosuchmodel", "timm:test_resnet.nosuchtag"])
def test_what_cannot_be_fetched_is_said_in_one_line(name):
    with pytest.raises(Refused, match=f"init_from = '{name}': timm cannot fetch it: ") as refusal:
        finetuning.load(name)
    assert "\n" not in str(refusal.value)


def test_a_linear_probe_leaves_the_backbone_bit_for_bit(tmp_path):
    asked = task(fine_tune="linear_probe", ema_decay=None, options=OPTIONS)
    before = weights.copy_of(run.make_model("se_resnet", asked))
    trained = fit(asked, tmp_path, "se_resnet")
    changed = {name for name in before if not torch.equal(before[name], trained.last[name])}
    assert changed == {"network.head.weight", "network.head.bias"}


def test_a_run_begins_where_the_other_ended(pretrained, tmp_path):
    asked = task(options=OPTIONS)
    weights.write(pretrained / "w.safetensors", fit(asked, tmp_path / "run", "se_resnet").last)
    recipe = asked.recipe.model_copy(update={"init_from": "w.safetensors"})
    begun, scratch = (
        run.make_model("se_resnet", replace(asked, recipe=r)) for r in (recipe, asked.recipe)
    )
    stems = [model.get_parameter("network.stem.0.weight") for model in (begun, scratch)]
    assert not torch.equal(*stems)
    assert run.identity("se_resnet", asked, begun) != run.identity("se_resnet", asked, scratch)


def test_each_layer_learns_at_a_fraction_of_the_next_one_s_rate():
    scales = layer_scales(build(), decay=0.5)
    assert scales["network.head.weight"] == 1
    assert scales["network.blocks.3.conv1.weight"] == 0.5
    assert scales["network.blocks.0.conv1.weight"] == 0.5**4
    assert scales["network.stem.0.weight"] == 0.5**5
    recipe = Recipe(optimizer="sgd", lr=0.1, epochs=1, layer_decay=0.5, vector_lr_scale=0.1)
    groups = make_optimizer(build(), recipe).param_groups
    assert sorted({round(group["lr"] * 320, 6) for group in groups})[-3:] == [8.0, 16.0, 32.0]
    assert sum(len(group["params"]) for group in groups) == len(list(build().parameters()))


def test_timm_s_layers_are_timm_s():
    scales = layer_scales(build(architecture="vit", depth=2, width=24), decay=0.5)
    assert (
        scales["network.blocks.1.mlp.fc1.weight"] == 2 * scales["network.blocks.0.mlp.fc1.weight"]
    )


def test_layers_that_nobody_tells_apart_are_refused():
    with pytest.raises(Refused, match=r"layer_decay = 0\.5: Sequential has no group_matcher"):
        layer_scales(build(architecture="mlp", dropout=0.1), decay=0.5)
