"""A data set's and a run's record for tests, with what a test changes."""

from archbench.base.records import DatasetRecord, RunRecord

DATASET = {
    "name": "pets",
    "title": "Pets",
    "classes": ["cat", "dog", "frog"],
    "mirrorable": True,
    "image_size": (8, 8),
    "channels": 3,
    "sha256": {},
}

RUN = {
    "architecture": "mlp",
    "seed": 0,
    "recipe": "tuned",
    "budget": "quick",
    "hyperparameters": {"fine_tune": "full", "options": {}},
    "train_images": 100,
    "validation_images": 20,
    "parameters": 1000,
    "budget_petaflop": 0.05,
    "train_petaflop": 0.05,
    "train_seconds": 1.0,
    "images_per_second": 300.0,
    "seconds_spread": 1.0,
    "peak_memory_gb": 0.5,
    "epochs": 3,
    "stopped": None,
    "best_epoch": 2,
    "best_validation_accuracy": 0.5,
    "device": "a processor",
    "precision": "fp32",
    "threads": 2,
    "processes": 1,
    "images": "resident",
    "compiled": False,
    "versions": {"python": "3.11", "torch": "2.13"},
    "weights": {},
}


def dataset(**changes) -> DatasetRecord:
    return DatasetRecord.model_validate(DATASET | changes)


def run(**changes) -> RunRecord:
    return RunRecord.model_validate(RUN | changes)
