"""Where each stage writes what a later one reads. dvc.yaml names the same paths."""

from pathlib import Path

DATA, METRICS, PLOTS = Path("data"), Path("metrics"), Path("plots")

CHECKED = DATA / "checked"
OWN_IMAGES = DATA / "images.sha256"
DATASET = DATA / "dataset.json"
TRAIN_IMAGES, TRAIN_LABELS = DATA / "train/images.npy", DATA / "train/labels.npy"
TEST_IMAGES, TEST_LABELS = DATA / "test/images.npy", DATA / "test/labels.npy"
TRAIN_INDEX, VALIDATION_INDEX = DATA / "split/train.npy", DATA / "split/validation.npy"
DUPLICATES = DATA / "duplicates.csv"
PAIRWISE, DETAILS = METRICS / "pairwise.csv", METRICS / "details"
CONTACT_SHEETS = PLOTS / "gallery"
GALLERY, REPORT = Path("gallery"), Path("report")


def origin(architecture: str) -> Path:
    """The fingerprint of the weights that the architecture begins from."""
    return DATA / "origins" / architecture


def models(architecture: str, seed: int) -> Path:
    """The folder of a run's weights."""
    return DATA / "models" / architecture / str(seed)


def best_weights(architecture: str, seed: int) -> Path:
    """Of the epoch with the best validation accuracy."""
    return models(architecture, seed) / "best.safetensors"


def curve(architecture: str, seed: int) -> Path:
    return DATA / "runs" / architecture / str(seed) / "curve.csv"


def run(architecture: str, seed: int) -> Path:
    """The run's record."""
    return DATA / "runs" / architecture / str(seed) / "run.json"


def evaluation(architecture: str, name: str) -> Path:
    """A table of stage evaluate (`predictions`, `seeds`, …)."""
    return DATA / "evaluation" / architecture / f"{name}.csv"


def numbers(architecture: str) -> Path:
    """All that stage evaluate has in one number each."""
    return DATA / "evaluation" / architecture / "numbers.json"


def metrics(architecture: str) -> Path:
    """The numbers that `dvc metrics` shows."""
    return METRICS / f"{architecture}.json"


def detail(name: str) -> Path:
    """A table of stage compare."""
    return DETAILS / f"{name}.csv"


def explanations(architecture: str) -> Path:
    """The folder of an architecture's nearest neighbours and Grad-CAMs."""
    return DATA / "explanations" / architecture


def contact_sheet(name: str) -> Path:
    return CONTACT_SHEETS / f"{name}.png"
