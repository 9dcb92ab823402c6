"""Each figure of the page is drawn from its own table, under its own title."""

import pandas as pd
import synthetic
from test_charts import lines

from archbench.report import page


def test_every_title_stands_over_its_own_figure():
    results = synthetic.results({"fast": 3.0, "slow": 0.3}, seeds=2, robustness=True)
    found = {
        title: next(iter(panels.values())).axes[0]
        for title, panels in page.figures(results).items()
    }
    assert {title: (panel.get_xlabel(), panel.get_title()) for title, panel in found.items()} == {
        "Test accuracy": ("test accuracy of these networks, 95 % interval", ""),
        "Cost and quality": ("operations of one training", ""),
        "Learning curves": ("epoch", ""),
        "Confusion": ("predicted", "fast"),
        "Recall by class": ("recall, 95 % Wilson interval", ""),
        "Calibration": ("confidence", found["Calibration"].get_title()),
        "Risk and coverage": ("coverage", ""),
        "Robustness": ("severity", "noise"),
    }
    assert found["Calibration"].get_title().startswith("fast\nscaled ECE ")
    tables = results.tables
    for place, name in ((1, "scaled_reliability"), (2, "reliability")):  # under, then over
        rows = tables[name][tables[name]["architecture"] == "fast"]
        _, confidence, accuracy = lines(found["Calibration"])[place]
        assert (confidence, accuracy) == (rows["confidence"].tolist(), rows["accuracy"].tolist())
    risk = tables["risk_coverage"].query("architecture == 'fast'")
    assert lines(found["Risk and coverage"])[0][1:] == (
        risk["coverage"].tolist(),
        risk["risk"].tolist(),
    )


def test_each_table_of_pairs_is_its_own():
    content = page.content(synthetic.results({"fast": 3.0, "slow": 0.3}, seeds=2, robustness=True))
    assert content["pairs"]["pair"].tolist() == ["fast − slow"]
    assert content["robustness_pairs"]["pairs"]["pair"].tolist() == ["slow − fast"]
    assert content["robustness"]["architecture"].tolist() == ["fast", "slow"]


def test_whoever_stands_beside_it_an_architecture_has_one_colour():
    skills = {"a_paper": 4.0, "fast": 3.0, "slow": 0.3}
    results = synthetic.results(skills)
    results.numbers["external"] = pd.Series({"a_paper": True}, dtype=object)
    needy = ("reliability", "scaled_reliability", "risk_coverage", "learning_curves")
    results.tables = {
        kind: table.query("architecture != 'a_paper'") if kind in needy else table
        for kind, table in results.tables.items()
    }
    drawn = page.figures(results)
    accuracies, recalls = (
        drawn[title][""].axes[0] for title in ("Test accuracy", "Recall by class")
    )
    tops = [line.get_color() for line in accuracies.lines if line.get_marker() == "|"][::-1]
    dots = [line.get_color() for line in recalls.lines]
    costs = [line.get_color() for line in drawn["Cost and quality"]["training"].axes[0].lines]
    assert tops == dots
    assert len(set(tops)) == 3
    assert tops[1:] == [color for color in dict.fromkeys(costs) if color in tops]
