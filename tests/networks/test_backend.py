import numpy as np
import pytest
import torch

from archbench.networks import backend


def test_only_what_is_asked_is_compiled():
    model = torch.nn.Linear(3, 2)
    assert backend.configure("fp32").compile(model) is model
    assert backend.configure("fp32", "auto").compiles == torch.cuda.is_available()
    assert backend.configure("fp32", "always").compiles
    assert not backend.configure("fp32", "never").compiles


@pytest.mark.filterwarnings("ignore")
def test_what_cannot_be_compiled_runs_as_it_is(monkeypatch):
    from torch._inductor import compile_fx  # which warns, so not above

    tried = []

    def fail(*arguments, **options):
        tried.append(True)
        raise RuntimeError("no compiler here")

    monkeypatch.setattr(compile_fx, "compile_fx", fail)
    model, images = torch.nn.Linear(3, 2), torch.rand(4, 3)
    where = backend.configure("fp32", "always")
    forward = where.compile(model)
    assert torch.equal(forward(images), model(images))
    assert tried
    assert not where.has_compiled()


@pytest.mark.filterwarnings("ignore")
def test_compiled_is_what_torch_did_not_what_it_was_asked():
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    where = backend.configure("fp32", "always")
    assert not where.has_compiled()
    torch.compile(torch.nn.Linear(3, 2), backend="eager")(torch.rand(4, 3))  # it needs no compiler
    assert where.has_compiled()
    assert not backend.configure("fp32", "never").has_compiled()


def test_precision_is_as_asked():
    assert backend.configure("bf16").dtype == torch.bfloat16
    assert backend.configure("fp32").dtype == torch.float32
    assert backend.configure("auto").describe()["precision"] in ("bf16", "fp32")


@pytest.mark.parametrize("flags", [[], ["avx512_bf16"], ["avx512_bf16", "amx_bf16"]])
def test_images_are_interleaved_for_matrix_tiles_alone(flags, monkeypatch):
    monkeypatch.setattr(backend, "_cpu_flags", lambda: flags)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert backend.configure("bf16").interleaves == ("amx_bf16" in flags)
    assert not backend.configure("fp32").interleaves


def test_uploaded_arrays_keep_their_type_and_values():
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    where = backend.configure("fp32")
    tensor = where.upload(array)
    assert tensor.device.type == where.device.type
    assert tensor.dtype == torch.uint8
    assert (tensor.cpu().numpy() == array).all()


def test_peak_memory_grows_with_what_is_held_and_never_shrinks():
    where = backend.configure("fp32")
    before = where.peak_memory_gb()
    held = torch.ones(int(before * 1e9 / 4) + 25_000_000, device=where.device)
    after = where.peak_memory_gb()
    assert after >= held.numel() * 4 / 1e9
    del held
    assert where.peak_memory_gb() >= after
