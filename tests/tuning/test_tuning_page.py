"""What a search says: in figures of its trials, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from archbench.tuning import page


def trials(**reached: list[float]) -> pd.DataFrame:
    rows = [
        {
            **{"architecture": name, "trial": number, "lr": 0.01 * (number + 1)},
            **{"weight_decay": 0.01, "label_smoothing": 0.1, "crop": number},
            "validation_accuracy": accuracy,
        }
        for name, accuracies in reached.items()
        for number, accuracy in enumerate(accuracies)
    ]
    return pd.DataFrame(rows)


FOUND = trials(flat=[0.70, 0.70, 0.71, 0.70], steep=[0.0, 0.80, 0.60, 0.40])
"""steep: a mean of 0.45; of two, (0.4 + 2 · 0.6 + 3 · 0.8) / 6 = 0.667; of four, 0.8."""


def test_the_curves_have_the_expected_best_of_each_number_of_trials():
    steep = page.curves(FOUND).query("architecture == 'steep'")
    assert steep["trials"].tolist() == [1, 2, 3, 4]
    assert steep["expected_best"].tolist() == pytest.approx([0.45, 2 / 3, 0.75, 0.80])


def test_the_sentence_names_the_best_with_one_trial_and_who_gains_most_and_least():
    assert page.sentence(page.curves(FOUND)) == (
        "With one trial flat is expected to be best, at 70.2 %. "
        "4 trials add 35.0 points to steep, the most, and 0.8 to flat, the least."
    )


def test_of_one_architecture_there_is_no_other_to_gain_less():
    assert page.sentence(page.curves(trials(net=[0.5, 0.6]))) == (
        "With one trial net is expected to be best, at 55.0 %."
    )


def test_the_table_has_doublings_and_all_trials_the_best_architecture_first():
    table = page.expected_table(page.curves(FOUND))
    assert table.to_dict("records") == [
        {
            **{"architecture": "steep", "1 trial": "45.0 %", "2 trials": "66.7 %"},
            **{"4 trials": "80.0 %", "gain, points": "35.0"},
        },
        {
            **{"architecture": "flat", "1 trial": "70.2 %", "2 trials": "70.5 %"},
            **{"4 trials": "71.0 %", "gain, points": "0.8"},
        },
    ]
    three = page.expected_table(page.curves(trials(net=[0.5, 0.6, 0.7])))
    assert list(three) == ["architecture", "1 trial", "2 trials", "3 trials", "gain, points"]


def test_the_settings_are_those_of_the_best_trials():
    steep, flat = page.settings_table(FOUND).to_dict("records")
    assert (steep["architecture"], steep["trial"], steep["crop"]) == ("steep", "1", "1")
    assert (flat["lr"], flat["validation accuracy"]) == ("0.03", "71.0 %")


def test_the_figure_draws_the_curves():
    panel = page.figure(page.curves(FOUND)).axes[0]
    lines = [np.asarray(line.get_ydata()).tolist() for line in panel.lines]
    assert lines[1] == pytest.approx([0.45, 2 / 3, 0.75, 0.80])
    assert [text.get_text() for text in panel.texts] == ["steep", "flat"]
