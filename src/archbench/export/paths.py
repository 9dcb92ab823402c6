"""What stage export writes, by the names that the formats' users look for."""

from pathlib import Path

EXPORTS = Path("exports")
ONNX, INT8, PT2 = "model.onnx", "model.int8.onnx", "model.pt2"
SAFETENSORS, CONFIG, LABELS, CARD = "model.safetensors", "config.json", "labels.txt", "README.md"
TRY, CHECKS = "try.html", "checks.json"


def folder(architecture: str) -> Path:
    return EXPORTS / architecture
