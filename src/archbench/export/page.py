"""A page that answers photos in the browser: one HTML file with the network and what runs it.

It opens from disk, offline, and its policy lets it fetch nothing.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files

from markupsafe import Markup

from archbench.base.errors import Refused
from archbench.style import templates

LIMIT = 30_000_000
"""Bytes of a page at most."""
VERSION = "1.30.0"
"""Of the npm package onnxruntime-web, from whose folder `dist` GLUE and RUNTIME are in web/."""
GLUE = "ort.wasm.bundle.min.mjs"
RUNTIME = "ort-wasm-simd-threaded.wasm"
"""Packed by gzip."""
OURS = ("jpeg.js", "resample.js", "try.js")
DIGESTS = {
    GLUE: "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    RUNTIME: "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
"""SHA-256 of the package's files."""


def html(
    *,
    title: str,
    classes: Sequence[str],
    image_size: tuple[int, int],
    channels: int,
    model: bytes,
    remarks: Sequence[str],
) -> str:
    """`model` is an ONNX file: `images`, uint8 (N, height, width, channels) → `probabilities`,
    float32 (N, classes), calibrated. `image_size` is (height, width); `remarks` are sentences.

    Refused if the page were larger than LIMIT.
    """
    height, width = image_size
    code = script()
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    size = {"height": height, "width": width}
    page = templates.render(
        "export",
        "try.html.j2",
        {
            "title": title,
            "classes": list(classes),
            "height": height,
            "width": width,
            "channels": channels,
            "remarks": list(remarks),
            "network": {"classes": list(classes), "size": size, "channels": channels},
            "model": encoded(gzip.compress(model, mtime=0)),
            "runtime": encoded(vendored(f"{RUNTIME}.gz")),
            "version": VERSION,
            "licence": vendored("LICENSE").decode(),
            "script": Markup(code),
            "script_hash": f"sha256-{digest}",
        },
    )
    if (total := len(page.encode())) > LIMIT:
        raise Refused(
            f"try.html: would have {total / 1e6:.1f} MB, should have at most {LIMIT / 1e6:.0f} MB: "
            f"the network's file has {len(model) / 1e6:.1f} MB"
        )
    return page


def script() -> str:
    """The package's module, then ours in a block: one script, so the policy names one digest.

    A script in a page can export nothing, so what the module exports becomes the constant `ort`.
    """
    begun, exports = vendored(GLUE).decode().rsplit("export{", 1)
    names = re.sub(r"(\w+) as (\w+)", r"\2:\1", exports.partition("}")[0])
    room = files(__package__)
    ours = [room.joinpath(name).read_text(encoding="utf-8") for name in OURS]
    return f"{begun}const ort={{{names}}};\n{{\n{''.join(ours)}}}\n"


def vendored(name: str) -> bytes:
    return files(__package__).joinpath("web", name).read_bytes()


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
