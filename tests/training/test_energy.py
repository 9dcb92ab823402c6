"""Counters of energy that a test has written: a folder as Linux has it, and a module as NVML's."""

import math
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch
from test_loop import fit, task
from test_training_config import asked

from archbench.training import checkpoint, energy, run
from archbench.training.energy import Counter, Meter

CPU, GPU = torch.device("cpu"), torch.device("cuda")
RANGE = 65_000_000
"""Microjoules after which a package's counter begins again at zero."""


def write(zone: Path, microjoules: int | str, name: str = "package-0") -> None:
    zone.mkdir(exist_ok=True)
    (zone / "name").write_text(f"{name}\n")
    (zone / "energy_uj").write_text(f"{microjoules}\n")
    (zone / "max_energy_range_uj").write_text(f"{RANGE}\n")


@pytest.fixture
def powercap(monkeypatch, tmp_path) -> Path:
    """Two packages, a zone within one, the whole machine, and the first package a second time."""
    root = tmp_path / "powercap"
    root.mkdir()
    write(root / "intel-rapl:0", 10_000_000)
    write(root / "intel-rapl:0:0", 7_000_000, "core")
    write(root / "intel-rapl:1", 64_000_000, "package-1")
    write(root / "intel-rapl:2", 90_000_000, "psys")
    write(root / "intel-rapl-mmio:0", 10_000_000)
    monkeypatch.setattr(energy, "POWERCAP", root)
    return root


@pytest.fixture
def no_package(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(energy, "POWERCAP", tmp_path / "nothing")


class NvmlError(Exception):
    pass


@pytest.fixture
def nvml(monkeypatch) -> dict[str, int]:
    """Two GPUs' millijoules by UUID; the only one that torch sees is NVML's second."""
    millijoules = {"GPU-first": 1_000_000, "GPU-second": 5_000}
    module, started = ModuleType("pynvml"), list[bool]()

    def by_uuid(uuid: str) -> str:
        if not started or uuid not in millijoules:
            raise NvmlError
        return uuid

    def consumption(handle: str) -> int:
        if millijoules[handle] < 0:
            raise NvmlError
        return millijoules[handle]

    vars(module).update(
        NVMLError=NvmlError,
        nvmlInit=lambda: started.append(True),
        nvmlDeviceGetHandleByUUID=by_uuid,
        nvmlDeviceGetTotalEnergyConsumption=consumption,
    )
    monkeypatch.setitem(sys.modules, "pynvml", module)
    see(monkeypatch, "second")
    return millijoules


def see(monkeypatch, uuid: str) -> None:
    properties = SimpleNamespace(uuid=uuid)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: properties)


def test_of_several_gpus_all_are_counted_or_none(nvml, powercap, monkeypatch):
    def properties(device: torch.device) -> SimpleNamespace:
        return SimpleNamespace(uuid=["first", "second", "third"][device.index])

    nvml.update({"GPU-first": 1_000, "GPU-second": 1_000})
    monkeypatch.setattr(torch.cuda, "get_device_properties", properties)
    meter = Meter(GPU, gpus=2)
    nvml.update({"GPU-first": 3_000, "GPU-second": 6_000})
    assert meter.row() == {"joules": pytest.approx(2 + 5)}
    assert Meter(GPU, gpus=3).row() == {}


def test_the_packages_are_summed_and_a_counter_may_begin_again(powercap):
    meter = Meter(CPU)
    write(powercap / "intel-rapl:0", 12_500_000)
    write(powercap / "intel-rapl:0:0", 9_000_000, "core")
    write(powercap / "intel-rapl:1", 3_000_000, "package-1")
    write(powercap / "intel-rapl:2", 99_000_000, "psys")
    write(powercap / "intel-rapl-mmio:0", 12_500_000)
    assert meter.row() == {"joules": pytest.approx(2.5 + (65 - 64) + 3)}


def test_readings_within_an_epoch_are_a_second_apart_and_find_every_wrap(powercap, monkeypatch):
    # what happens between two readings is not seen: at 0.5 and 1.9 seconds
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    meter = Meter(CPU)
    for seconds, joules in (
        (0.5, 8),
        (1.0, 12),
        (1.9, 11),
        (2.5, 20),
        (3.5, 4),
        (4.5, 6),
        (5.5, 1),
    ):
        now[0] = seconds
        write(powercap / "intel-rapl:0", 1_000_000 * joules)
        meter.mark()
    assert meter.row() == {"joules": pytest.approx(2 + 8 + (65 - 20 + 4) + 2 + (65 - 6 + 1))}


@pytest.mark.parametrize("spoil", ["energy_uj", "max_energy_range_uj"])
@pytest.mark.parametrize("content", [None, "", "nonsense", "-5", b"\xff"])
def test_without_one_package_s_counter_there_is_none(powercap, spoil, content):
    path = powercap / "intel-rapl:1" / spoil
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert Meter(CPU).row() == {}


def test_a_file_that_only_root_may_read_is_no_counter(powercap, monkeypatch):
    read = Path.read_text

    def refuse(path: Path, **options) -> str:
        if path.name == "energy_uj":
            raise PermissionError
        return read(path, **options)

    assert Meter(CPU).row() != {}
    monkeypatch.setattr(Path, "read_text", refuse)
    assert Meter(CPU).row() == {}


def test_a_counter_that_fails_within_the_epoch_leaves_no_sum(powercap):
    meter = Meter(CPU)
    (powercap / "intel-rapl:0/energy_uj").unlink()
    assert meter.row() == {}
    write(powercap / "intel-rapl:0", 20_000_000)
    assert meter.row() == {}


@pytest.mark.usefixtures("no_package")
def test_a_gpu_is_found_by_its_uuid_whatever_its_number(nvml):
    meter = Meter(GPU)
    nvml |= {"GPU-first": 9_000_000, "GPU-second": 12_500}
    assert meter.row() == {"joules": pytest.approx(7.5)}


def test_a_gpu_and_the_processor_s_packages_are_summed(nvml, powercap):
    meter = Meter(GPU)
    nvml["GPU-second"] = 12_500
    write(powercap / "intel-rapl:0", 12_000_000)
    assert meter.row() == {"joules": pytest.approx(7.5 + 2)}


def test_a_gpu_alone_is_counted_where_the_packages_cannot_be_read(nvml, powercap):
    (powercap / "intel-rapl:1/energy_uj").unlink()
    meter = Meter(GPU)
    nvml["GPU-second"] = 12_500
    write(powercap / "intel-rapl:0", 12_000_000)
    assert meter.row() == {"joules": pytest.approx(7.5)}


@pytest.mark.usefixtures("powercap")
def test_a_gpu_without_a_counter_has_no_energy_at_all(nvml, monkeypatch):
    assert Meter(GPU).row() != {}
    see(monkeypatch, "third")
    assert Meter(GPU).row() == {}
    see(monkeypatch, "second")
    nvml["GPU-second"] = -1
    assert Meter(GPU).row() == {}
    nvml["GPU-second"] = 1
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert Meter(GPU).row() == {}


def rising(joules: float):
    """Counters of one that has counted so much more at every reading."""
    total = iter(range(1_000_000))
    return lambda device, gpus: [Counter(read=lambda: joules * next(total))]


def record(asked_task, result):
    model = run.make_model("mlp", asked_task)
    return run.record(asked(), "mlp", model, asked_task, result, {})


def test_each_step_may_read_the_counters(tmp_path, monkeypatch):
    monkeypatch.setattr(energy, "READ_SECONDS", 0.0)
    monkeypatch.setattr(energy, "find_counters", rising(3.0))
    alone = task(epochs=1, options={})
    (row,) = fit(alone, tmp_path, "mlp").curve
    assert row["joules"] == 3.0 * (alone.steps + 1)


def test_a_resumed_run_sums_and_evaluation_is_not_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(energy, "READ_SECONDS", math.inf)
    monkeypatch.setattr(energy, "find_counters", rising(3.0))
    whole = task(epochs=3, schedule="constant", options={})
    first = replace(whole, recipe=whole.recipe.model_copy(update={"epochs": 2}))
    assert [row["joules"] for row in fit(first, tmp_path, "mlp").curve] == [3.0, 3.0]
    monkeypatch.setattr(energy, "find_counters", rising(5.0))
    resumed = fit(whole, tmp_path, "mlp")
    assert record(whole, resumed).energy_joules == 11.0


def test_a_run_that_was_counted_in_part_has_no_energy(tmp_path, monkeypatch):
    monkeypatch.setattr(energy, "find_counters", rising(3.0))
    whole = task(epochs=2, schedule="constant", options={})
    first = replace(whole, recipe=whole.recipe.model_copy(update={"epochs": 1}))
    fit(first, tmp_path, "mlp")
    monkeypatch.setattr(energy, "find_counters", lambda device, gpus: [])
    resumed = fit(whole, tmp_path, "mlp")
    assert record(whole, resumed).energy_joules is None
    assert run.curve_table(resumed)["joules"].isna().tolist() == [False, True]
    assert checkpoint.load(tmp_path) is not None


@pytest.mark.usefixtures("no_package")
def test_without_counters_neither_the_curve_nor_the_record_has_an_energy(tmp_path):
    alone = task(epochs=1, options={})
    result = fit(alone, tmp_path, "mlp")
    assert "joules" not in run.curve_table(result)
    assert record(alone, result).energy_joules is None
