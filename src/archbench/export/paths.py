"""What this room's stages write, by the names that the formats' users look for."""

from pathlib import Path

CONVERTED, EXPORTS = Path("data/converted"), Path("exports")
INFERENCE = Path("metrics/inference.csv")
ONNX, INT8, PT2 = "model.onnx", "model.int8.onnx", "model.pt2"
SAFETENSORS, CONFIG, LABELS = "model.safetensors", "config.json", "labels.txt"
PARITY, PREDICTIONS = "parity.json", "predictions.csv"
CARD, TRY = "README.md", "try.html"


def converted(architecture: str) -> Path:
    return CONVERTED / architecture


def exported(architecture: str) -> Path:
    return EXPORTS / architecture


def metrics(architecture: str) -> Path:
    """What `dvc metrics` shows of an exported network."""
    return Path("metrics/inference") / f"{architecture}.json"
