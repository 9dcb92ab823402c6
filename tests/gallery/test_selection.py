import pandas as pd
import pytest

from archbench.base.errors import Refused
from archbench.gallery import selection


def rows(architecture: str, seed: int, predictions, confidences) -> pd.DataFrame:
    """Four images of the classes 0, 1, 2, 3."""
    return pd.DataFrame(
        {
            "architecture": architecture,
            "seed": seed,
            "index": range(4),
            "label": range(4),
            "prediction": predictions,
            "confidence": confidences,
        }
    )


A = rows("a", 0, [1, 0, 2, 0], [0.6, 0.9, 0.99, 0.6])
B = rows("b", 0, [2, 1, 2, 0], [0.8, 0.9, 0.70, 0.4])


def test_the_most_confident_mistakes_come_first_and_ties_in_order():
    assert selection.mistakes(A)["index"].tolist() == [1, 0, 3]


def test_the_guess_of_several_seeds_is_the_most_confident_in_sum():
    seeds = [rows("a", 0, [1, 1, 1, 1], [0.5] * 4), rows("a", 1, [2, 1, 1, 1], [0.9] * 4)]
    assert selection.guesses(pd.concat(seeds))["a"].tolist() == [2, 1, 1, 1]


def test_a_seed_without_predictions_is_refused():
    assert len(selection.of_seeds(A, [0])) == 4
    with pytest.raises(Refused, match="none for seed 3"):
        selection.of_seeds(A, [0, 3])


def test_a_guess_is_by_confidence_not_by_count():
    """Two seeds say 1 with 0.4 each, one says 2 with 0.9."""
    sure = [0.4, 0.4, 0.9]
    seeds = [rows("a", seed, [1 + seed // 2] * 4, [sure[seed]] * 4) for seed in range(3)]
    assert selection.guesses(pd.concat(seeds))["a"].tolist() == [2, 2, 2, 2]


def test_of_equal_votes_the_first_class_wins():
    seeds = [rows("a", 0, [2, 1, 0, 3], [0.5] * 4), rows("a", 1, [1, 2, 3, 0], [0.5] * 4)]
    assert selection.guesses(pd.concat(seeds))["a"].tolist() == [1, 1, 0, 0]
