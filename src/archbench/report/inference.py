"""What predicting with the exported networks costs: the table, the figure and the choice."""

import matplotlib
import numpy as np
import pandas as pd

from archbench.report.drawing import PERCENT, STYLE, Panels, new
from archbench.style.palette import colours
from archbench.style.quantities import ends, percent, points

TITLE = "Cost of use"
UNSTEADY = 1.5
"""The slowest round's median over the fastest's, from which on other work is to blame."""
LIMITS_MS = [step * 10.0**power for power in range(-2, 4) for step in (1, 2, 5)]
"""Latencies that a reader may have to stay under."""
GREY = "#8a8a8a"
NOTE = (
    "One thread of this machine's processor. Latency: of one image, median and 99th percentile. "
    "Images/s: in batches of 128. Memory: by how much a process grows that loads the network and "
    "predicts such a batch. Int8: quantised to 8-bit integers; what that changes is in points of "
    "accuracy, with its 95 % interval. The accuracy is the exported network's, the first seed's. "
    "Unsteady: one round's median was over "
    f"{UNSTEADY:g} times another's, so other work was on the machine."
)


def frame(measured: pd.DataFrame) -> pd.DataFrame:
    """A row per architecture and form but torch, which is for training; `front`: nothing that is
    as fast is more accurate."""
    rows = measured[measured["form"] != "torch"].sort_values(
        ["latency_ms", "accuracy"], ascending=[True, False]
    )
    before = rows["accuracy"].cummax().shift(fill_value=-np.inf)
    return rows.assign(front=rows["accuracy"] > before).sort_index()


@matplotlib.rc_context(STYLE)
def drawing(rows: pd.DataFrame) -> Panels:
    """Accuracy against latency; a ring is of 8-bit integers, a line joins the Pareto front."""
    figure, panel = new(height=3.6)
    front, key = rows[rows["front"]].sort_values("latency_ms"), colours(rows["architecture"])
    panel.plot(front["latency_ms"], front["accuracy"], color=GREY, ls="--", lw=1.2)
    for _, row in rows.iterrows():
        colour = key[row["architecture"]]
        inside = "none" if "int8" in row["form"] else colour
        panel.plot(row["latency_ms"], row["accuracy"], "o", ms=8, mew=1.8, mec=colour, mfc=inside)
    panel.set(xlabel="latency of one image, ms", xscale="log", ylabel="test accuracy")
    panel.margins(0.15)
    panel.xaxis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda ms, _: f"{ms:g}"))
    panel.yaxis.set_major_formatter(PERCENT)
    for _, row in rows[rows["form"] == "ONNX Runtime"].iterrows():
        place = (row["latency_ms"], row["accuracy"])
        panel.annotate(row["architecture"], place, (0, 7), textcoords="offset points", ha="center")
    return {"": figure}


def finding(rows: pd.DataFrame) -> str:
    """For each latency to stay under that changes the answer: the most accurate that does."""
    said: list[str] = []
    last = ""
    for limit in LIMITS_MS:
        fast = rows[rows["latency_ms"] < limit]
        if fast.empty:
            continue
        best = fast.iloc[int(fast["accuracy"].argmax())]
        name = best["architecture"] + (" in int8" if "int8" in best["form"] else "")
        if name != last:
            said.append(f"under {limit:g} ms {name} ({percent(best['accuracy'])})")
        last = name
    return f"The most accurate: {', '.join(said)}."


def table(measured: pd.DataFrame) -> pd.DataFrame:
    """A row per architecture and form."""
    return pd.DataFrame(
        [
            {
                "architecture": row["architecture"],
                "form": row["form"],
                "accuracy": percent(row["accuracy"]),
                "int8 changes": _change(row),
                "latency (ms)": f"{row['latency_ms']:.2f}{_unsteady(row)}",
                "99th percentile": f"{row['latency_p99_ms']:.2f}",
                "images/s": f"{row['images_per_second']:,.0f}",
                "file": f"{row['size_mb']:.1f} MB",
                "memory": f"{row['memory_mb']:.0f} MB",
            }
            for _, row in measured.iterrows()
        ]
    )


def _change(row: "pd.Series") -> str:
    if pd.isna(row["difference"]):
        return "-"
    verdict = row["verdict"].removeprefix("these networks ").removeprefix("are ")
    return f"{points(row['difference'], 2)} {ends(row['low'], row['high'], 2)}, {verdict}"


def _unsteady(row: "pd.Series") -> str:
    return ", unsteady" if row["spread"] > UNSTEADY else ""
