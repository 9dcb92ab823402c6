"""What try.html holds, without a browser."""

import base64
import gzip
import hashlib
import re
from typing import Any

import numpy as np
import pytest
from html_reader import Reader
from payloads import PAYLOADS

from archbench.base.errors import Refused
from archbench.export import page


def html(**changes) -> str:
    usual: dict[str, Any] = {
        "title": "mlp on Pets",
        "classes": ["cat", "dog"],
        "image_size": (32, 32),
        "channels": 3,
        "model": b"the network's bytes",
        "remarks": ["It is right on 90.0 % of the test images."],
    }
    return page.html(**usual | changes)


def held(text: str, name: str) -> str:
    return re.findall(rf'<script id="{name}" type="[^"]+">([^<]*)</script>', text)[0]


def test_the_runtime_is_the_package_s():
    runtime = gzip.decompress(page.vendored(f"{page.RUNTIME}.gz"))
    files = {page.GLUE: page.vendored(page.GLUE), page.RUNTIME: runtime}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert digests == page.DIGESTS
    assert f"ONNX Runtime Web v{page.VERSION}".encode() in files[page.GLUE]
    assert gzip.decompress(base64.b64decode(held(html(), "runtime"))) == runtime


def test_the_page_holds_the_network():
    assert gzip.decompress(base64.b64decode(held(html(), "model"))) == b"the network's bytes"


def test_the_policy_lets_one_script_run_and_nothing_be_fetched():
    text = html()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    (script,) = re.findall(r'<script type="module">(.*?)</script>', text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert allowed == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "script-src": f"'sha256-{digest}' 'wasm-unsafe-eval'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "sourceMappingURL" not in script
    assert not {"src", "href", "srcset"} & {name for name, _ in Reader(text).attributes}


def test_the_page_says_what_it_was_given_and_the_licence():
    text = Reader(html()).text
    assert "mlp on Pets" in text
    assert "one of its 2 classes" in text
    assert "32 × 32 pixels, to which the whole photo is stretched." in text
    assert "It is right on 90.0 % of the test images." in text
    assert "cat, dog" in text
    assert f"ONNX Runtime Web {page.VERSION}" in text
    assert "Copyright (c) Microsoft Corporation" in text
    assert "28 × 20 pixels" in Reader(html(image_size=(20, 28))).text
    assert "stretched, without colours." in Reader(html(channels=1)).text


def test_a_network_gives_the_same_page_again():
    assert html() == html()


def test_a_page_too_large_is_refused():
    model = np.random.default_rng(0).bytes(19_000_000)
    with pytest.raises(Refused) as refused:
        html(model=model)
    assert str(refused.value) == (
        "try.html: would have 30.3 MB, should have at most 30 MB: the network's file has 19.0 MB"
    )


def test_no_name_is_more_than_text():
    plain, hostile = (
        Reader(html(classes=names, title=names[0], remarks=names))
        for names in ([f"name {number}" for number, _ in enumerate(PAYLOADS)], PAYLOADS)
    )
    assert hostile.count == plain.count
    assert [name for name, _ in hostile.attributes] == [name for name, _ in plain.attributes]
    assert [name for name in PAYLOADS if name not in hostile.text] == []
