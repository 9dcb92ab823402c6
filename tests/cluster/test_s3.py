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
from launched import change, found

pytest.importorskip("moto")
pytest.importorskip("dvc_s3")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

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
    # of a cell that was trained twice, the store gets one of the two that its run cache names
    change(project, "mlp", lr=0.0014)
    change(project, lr=0.038)
    first = workspace.Workspace(project.root, project.environment | KEYS)
    first.run("dvc", "remote", "add", "--default", "--force", "store", "s3://cells/store")
    first.run("dvc", "remote", "modify", "store", "endpointurl", endpoint)
    workspace.commit(first, "a store")
    first.run("dvc", "repro")
    first.run("dvc", "push", "--run-cache")
    first.run("git", "clone", "--quiet", str(first.root), str(tmp_path / "second"))
    second = workspace.Workspace(tmp_path / "second", first.environment)
    # nothing but the store knows what was trained
    (second.root / "dvc.lock").unlink(missing_ok=True)
    pulled = second.run("dvc", "repro", "--pull")
    assert not [stage for stage in pulled.ran if stage.startswith("train@")], pulled.output
    assert len(found(second.root)) == 4 * 3 + 2
    assert found(second.root) == found(first.root)
