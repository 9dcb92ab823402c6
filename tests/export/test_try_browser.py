"""try.html in a real browser: its answers are Python's, and it asks for nothing but itself."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from payloads import PAYLOADS
from PIL import Image
from playwright.sync_api import expect

from archbench.download.picture import MOST
from archbench.export import page as try_page
from archbench.predicting import pictures

SIZE = (32, 32)
once = pytest.mark.parametrize("page", [("light", 1280)], indirect=True, ids=["light"])
"""For what no scheme or width changes: each page loads for a second or two."""
CLASSES = ["airplane", "bird", "cat", "deer", "dog", "frog", "horse"]
TOO_LARGE = (
    "This picture is too large: "
    f"it should have at most {MOST:,} pixels, and at most 65,535 on a side."
)


@functools.cache
def network(channels: int = 3, classes: int = len(CLASSES)) -> bytes:
    """Logits are sums over all levels, each with a weight of its own."""
    inputs = int(np.prod(SIZE)) * channels
    weights = np.random.default_rng(channels).normal(0, 0.001, (inputs, classes))
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["images"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("Flatten", ["float"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
        ],
        "sums",
        [helper.make_tensor_value_info("images", TensorProto.UINT8, ["N", *SIZE, channels])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", classes])],
        [numpy_helper.from_array(weights.astype(np.float32), "weights")],
    )
    opsets = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


@functools.cache
def session(channels: int) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(network(channels))


def opened(page, folder, **changes) -> None:
    options: dict[str, Any] = {"title": "sums", "classes": CLASSES, "image_size": SIZE}
    options |= {"channels": 3, "remarks": [], "model": network(changes.get("channels", 3))}
    (folder / "try.html").write_text(try_page.html(**options | changes), encoding="utf-8")
    page.goto((folder / "try.html").as_uri())


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer on the page, and the image that the network saw."""

    classes: list[str]
    probabilities: list[float]
    image_nhwc: np.ndarray


def answered(page, *files: Path, channels: int = 3) -> list[Shown]:
    page.set_input_files("input", files)
    done(page, len(files))
    return [shown(tile, channels) for tile in page.locator("#answers > li").all()]


def done(page, count: int) -> None:
    expect(page.locator("#status")).to_have_text(f"{count} of {count} photos done.", timeout=60_000)


def shown(tile, channels: int) -> Shown:
    levels = tile.locator(".seen").evaluate(
        "one => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data]"
    )
    values = tile.locator("data").evaluate_all("all => all.map(one => Number(one.value))")
    image = np.array(levels, np.uint8).reshape(1, *SIZE, 4)[..., :channels]
    return Shown(tile.locator(".name").all_inner_texts(), values, image)


def differences(found: Shown, path: Path, channels: int = 3) -> int:
    """In levels, of the image. The answer is held to be that of Python for the same image."""
    (probabilities,) = session(channels).run(None, {"images": found.image_nhwc})[0]
    best = np.argsort(-probabilities, kind="stable")[:5]
    assert found.classes == [CLASSES[number] for number in best], path.name
    np.testing.assert_allclose(found.probabilities, probabilities[best], rtol=0, atol=1e-6)
    expected = pictures.image(path, SIZE[0], channels)
    return int(np.abs(found.image_nhwc[0].astype(int) - expected).max())


def scene(height: int, width: int, channels: int = 3) -> Image.Image:
    """Smooth as photos are, with noise; channels are independent."""
    rng = np.random.default_rng(height * width)
    coarse = rng.integers(0, 256, (channels, height // 30 + 2, width // 30 + 2), dtype=np.uint8)
    smooth = [np.asarray(Image.fromarray(one).resize((width, height))) for one in coarse]
    noisy = np.stack(smooth, axis=-1) + rng.normal(0, 6, (height, width, channels))
    levels = noisy.round().clip(0, 255).astype(np.uint8)
    return Image.fromarray(levels[..., 0] if channels == 1 else levels)


def pngs(folder: Path) -> list[Path]:
    palette = scene(120, 90).quantize(64)
    sixteen = Image.fromarray(np.asarray(scene(60, 70, 1)).astype(np.uint16) * 257)
    images = {
        "same": scene(*SIZE),
        "smaller": scene(20, 17),
        "larger": scene(333, 517),
        "tall": scene(1100, 40),
        "tall and transparent": scene(700, 90, 4),
        "one pixel": scene(1, 1),
        "grey": scene(200, 300, 1),
        "16 bits": sixteen,
        "palette": palette,
        "transparent": scene(200, 300, 4),
    }
    for name, image in images.items():
        image.save(folder / f"{name}.png")
    palette.save(folder / "transparent palette.png", transparency=bytes(range(0, 256, 4)))
    scene(90, 70).save(folder / "turned.png", exif=exif(6))
    return sorted(folder.glob("*.png"))


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F], tags[0x0112] = "maker", orientation
    return tags


@once
@pytest.mark.parametrize("channels", [1, 3])
def test_of_a_png_the_network_sees_and_says_what_it_does_in_python(page, tmp_path, channels):
    opened(page, tmp_path, channels=channels)
    files = pngs(tmp_path)
    found = answered(page, *files, channels=channels)
    worst = {
        path.stem: differences(one, path, channels) for one, path in zip(found, files, strict=True)
    }
    assert worst == dict.fromkeys(worst, 0)
    assert len(worst) == 12


@once
def test_of_a_jpeg_no_pixel_differs_by_more_than_two_levels(page, tmp_path):
    """Sizes are no multiples of the squares to which decoding reduces them: 8, 4, 2 and none."""
    for orientation in range(1, 9):
        path = tmp_path / f"turned {orientation}.jpg"
        scene(523, 611).save(path, quality=90, exif=exif(orientation))
    for height, width in [(300, 343), (131, 201), (97, 61), (1205, 523)]:
        scene(height, width).save(tmp_path / f"{height} {width}.jpg", quality=90)
    scene(600, 500, 1).save(tmp_path / "grey.jpg")
    scene(600, 500).save(tmp_path / "progressive.jpg", progressive=True)
    opened(page, tmp_path)
    files = sorted(tmp_path.glob("*.jpg"))
    found = answered(page, *files)
    worst = {path.stem: differences(one, path) for one, path in zip(found, files, strict=True)}
    assert {name: levels for name, levels in worst.items() if levels > 2} == {}
    assert len(worst) == 14


def test_the_likeliest_classes_are_drawn_with_their_probabilities(page, tmp_path, accessible):
    opened(page, tmp_path)
    scene(50, 60).save(tmp_path / "a.png")
    (answer,) = answered(page, tmp_path / "a.png")
    assert len(answer.classes) == 5
    assert answer.probabilities == sorted(answer.probabilities, reverse=True)
    texts = page.locator("data").all_inner_texts()
    assert texts == [f"{100 * share:.1f} %" for share in answer.probabilities]
    widths = page.locator(".bar").evaluate_all(
        "all => all.map(one => one.firstElementChild.offsetWidth / one.clientWidth)"
    )
    np.testing.assert_allclose(widths, answer.probabilities, atol=0.01)
    accessible(page)


@once
def test_the_latest_photos_come_first_in_their_order(page, tmp_path):
    files = [tmp_path / f"{name}.png" for name in "abcd"]
    for file in files:
        scene(40, 40).save(file)
    opened(page, tmp_path)
    answered(page, *files[:2])
    page.set_input_files("input", files[2:])
    done(page, 4)
    names = page.locator("#answers h2").all_inner_texts()
    assert names == ["c.png", "d.png", "a.png", "b.png"]


@once
def test_a_file_that_is_no_picture_says_so_and_the_others_are_answered(page, tmp_path):
    """One of more than MOST pixels is read in Python neither."""
    contents = {"1 empty.png": b"", "2 text.png": b"hello", "3 svg.svg": b"<svg xmlns='a'/>"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    Image.new("1", (2**13, MOST // 2**13 + 1)).save(tmp_path / "4 huge.png")
    Image.new("1", (2**16, 1)).save(tmp_path / "5 long.png")
    scene(40, 40).save(tmp_path / "6 photo.png")
    opened(page, tmp_path)
    page.set_input_files("input", sorted(tmp_path.glob("[1-6]*")))
    done(page, 6)
    assert page.locator(".state").all_inner_texts() == [
        "This file is empty.",
        "This file is no picture that this browser can read.",
        "This file is no picture that this browser can read.",
        TOO_LARGE,
        TOO_LARGE,
    ]
    assert page.locator(".answer:visible").count() == 1


@once
def test_a_network_that_cannot_run_says_so(page, tmp_path):
    opened(page, tmp_path, model=b"no network")
    expect(page.locator("#status")).to_contain_text("The network cannot run in this browser: ")
    scene(40, 40).save(tmp_path / "a.png")
    page.set_input_files("input", tmp_path / "a.png")
    done(page, 1)
    assert "protobuf" in page.locator(".state").inner_text()


@once
def test_the_keyboard_chooses_a_photo(page, tmp_path):
    page.on("filechooser", lambda chooser: None)  # the browser asks from now on, not from Enter on
    opened(page, tmp_path)
    expect(page.locator("#status")).to_have_text("The network is ready.", timeout=60_000)
    scene(40, 40).save(tmp_path / "a.png")
    page.keyboard.press("Tab")
    expect(page.locator("input")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(tmp_path / "a.png")
    done(page, 1)
    assert chooser.value.is_multiple()


def test_a_photo_is_dropped_wherever_on_the_page(page, tmp_path):
    opened(page, tmp_path)
    scene(40, 40).save(tmp_path / "a.png")
    carried = page.evaluate_handle(
        """levels => { const carried = new DataTransfer();
        carried.items.add(new File([Uint8Array.from(levels)], "a.png")); return carried; }""",
        list((tmp_path / "a.png").read_bytes()),
    )
    fire = """([dataTransfer, kind]) => document.querySelector("h1").dispatchEvent(
        new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }))"""
    assert page.evaluate(fire, [carried, "dragover"]) is False  # the browser would leave the page
    expect(page.locator(".zone.over")).to_have_count(1)
    assert page.evaluate(fire, [carried, "drop"]) is False
    done(page, 1)
    expect(page.locator(".zone.over")).to_have_count(0)
    assert differences(shown(page.locator("#answers > li"), 3), tmp_path / "a.png") == 0


@once
def test_nothing_but_the_page_is_asked_for(page, tmp_path):
    """The fixture `page` refuses other computers; this one other files too."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, tmp_path)
    scene(40, 40).save(tmp_path / "a.png")
    answered(page, tmp_path / "a.png")
    assert asked == [(tmp_path / "try.html").as_uri()]


@once
def test_no_payload_runs(page, tmp_path):
    names = [*PAYLOADS, "cat"]
    opened(page, tmp_path, classes=names, title=PAYLOADS[0], model=network(3, len(names)))
    path = tmp_path / "<img src=x onerror=document.title='run'>.png"
    scene(40, 40).save(path)
    (answer,) = answered(page, path)
    assert set(answer.classes) < {" ".join(name.split()) for name in names}
    assert page.locator("#answers h2").inner_text() == path.name
    assert page.title() == PAYLOADS[0]
    assert page.locator("img, iframe, base, animate, [ontoggle]").count() == 0
