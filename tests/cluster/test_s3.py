"""A second clone recovers every cell from an S3-compatible store, and trains none."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
import workspace
from launched import LAUNCH, weights

pytest.importorskip("moto")
pytest.importorskip("dvc_s3")
pytestmark = pytest.mark.slow

KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def endpoint() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | KEYS,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        create_bucket(f"{url}/cells")
        yield url
    finally:
        server.terminate()
        server.wait()


def create_bucket(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(urllib.request.Request(url, method="PUT")).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


def test_a_second_clone_trains_nothing(project, endpoint, tmp_path):
    project.environment |= KEYS
    project.run("dvc", "remote", "add", "--default", "store", "s3://cells/store")
    project.run("dvc", "remote", "modify", "store", "endpointurl", endpoint)
    workspace.commit(project, "a remote")
    project.run(*LAUNCH)
    project.run("dvc", "push", "--run-cache")
    project.run("git", "clone", "--quiet", str(project.root), str(tmp_path / "second"))
    second = workspace.Workspace(tmp_path / "second", project.environment)
    assert not (second.root / "dvc.lock").exists(), "nothing but the store knows what was trained"
    ran = second.run("dvc", "repro", "--pull").ran
    assert not [stage for stage in ran if stage.startswith("train@")]
    assert weights(second.root) == weights(project.root)
    assert len(weights(second.root)) == 8
