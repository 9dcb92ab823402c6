"""A recipe's batch is cut to the training images that there are; the user's own is refused."""

import example_records
import numpy as np
import pytest
from test_training_config import asked

from archbench.base.errors import Refused
from archbench.training import run
from archbench.training.loop import Task


def make_task(**changes) -> Task:
    images = np.zeros((30, 8, 8, 3), np.uint8)
    labels = np.arange(30) % 2
    return run.make_task(
        asked(budget="full", **changes),
        "net",
        0,
        example_records.dataset(classes=["cat", "dog"]),
        images,
        labels,
        np.arange(23),
        np.arange(23, 30),
    )


def test_a_recipe_s_batch_is_cut_to_pairs_of_what_there_is():
    task = make_task()  # mixed, in batches of 128
    assert (task.recipe.batch_size, task.steps) == (22, 1)


def test_a_batch_that_is_asked_for_is_not_cut():
    assert make_task(batch_size=4).recipe.batch_size == 4
    line = "batch_size = 24: should be at most 23, the training images of net, or empty"
    with pytest.raises(Refused, match=f"^params.yaml: {line}$"):
        make_task(batch_size=24)
