"""Tables on the page sort by the first number of a cell, in a real browser."""

from importlib.resources import files

import pytest

COLUMNS = {
    "interval": (["[0.62, 1.29]", "[-1.5, 2]", "[10.1, 12]", "-"], [1, 0, 2, 3]),
    "accuracy": (["90.7 ± 0.6 %", "9.1 ± 9.0 %", "-", "100.0 ± 0.0 %"], [1, 0, 3, 2]),
    "p": (["0.001", "< 0.001", "1.000", "0.031"], [1, 0, 3, 2]),
    "duration": (["20 min", "45 s", "2.5 h", "3.0 d, disturbed"], [1, 0, 2, 3]),
    "operations": (["66.1 MFLOP", "1.11 GFLOP", "0.804 MFLOP", "31 TFLOP"], [2, 0, 1, 3]),
    "energy": (["4.2 Wh", "1.2 kWh", "-", "0.343 Wh"], [3, 0, 1, 2]),
    "parameters": (["498 k", "11.2 M", "203", "2 k"], [2, 3, 0, 1]),
    "memory": (["1.0 GB", "0.5 GB", "12 GB", "2 GB"], [1, 0, 3, 2]),
    "share": ([">99.9 %", "100.0 %", "9.1 %", "99.8 %"], [2, 3, 0, 1]),
    "rank": (["3–4", "1", "10", "2–3"], [1, 3, 0, 2]),
    "exponent": (["4.5e-05", "3e-06", "0.1", "12"], [1, 0, 2, 3]),
    "minus": (["−0.5", "-0.75", "0.25", ".5"], [1, 0, 2, 3]),
    "change": (["9.1 → 2.0 %", "10.0 → 1.0 %", "-", "-"], [0, 1, 2, 3]),
    "seeds": (["12", "more images", "-", "3"], [3, 0, 1, 2]),
    "name": (["resnet18", "mlp", "-", "resnet101"], [1, 3, 0, 2]),
    "pair": (["b − c", "a − c", "a − b", "c − d"], [2, 1, 0, 3]),
}
LAST = {"-", "more images"}
"""Of a column of numbers, what has none: last, whichever way it is sorted."""


def cells(column: list[str]) -> str:
    return "".join(f"<tr><td>{text}</td></tr>" for text in column)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_sorted_by_its_first_number(page, tmp_path, name):
    column, order = COLUMNS[name]
    ascending = [column[place] for place in order]
    script = files("archbench.report").joinpath("sort.js").read_text()
    (tmp_path / "table.html").write_text(
        f"<meta charset=utf-8><table class=sortable><thead><tr><th>{name}</th></tr></thead>"
        f"<tbody>{cells(column)}</tbody></table><script>{script}</script>"
    )
    page.goto((tmp_path / "table.html").as_uri())
    shown = page.locator("tbody td")
    last = [text for text in ascending if text in LAST]
    page.get_by_role("button").click()
    found = ascending[: len(ascending) - len(last)][::-1]
    descending = shown.all_inner_texts()
    assert descending[: len(found)] == found
    assert sorted(descending[len(found) :]) == sorted(last)
    assert descending[-1] == "-" or "-" not in last
    page.get_by_role("button").click()
    assert shown.all_inner_texts() == ascending
