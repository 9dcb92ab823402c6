"""Every figure in README.md and in docs/ comes from a committed file, or is listed here as no
measurement. Pages of docs/ that scripts make have tests of their own.

Figures are the numbers outside code and link targets. One is covered where it stands in a phrase
that a function below makes from a file: a whole table row, or a figure with its unit and a word.
To add a figure, have a function in SOURCES yield the words that it stands in; `…` stands for words
of one table cell or line that are not judged. What is no measurement goes into FACTS, with its
reason.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from archbench.comparison import people
from archbench.duplicates import search
from archbench.evaluation import calibration, corruptions, evaluate
from archbench.explaining import explain
from archbench.export import inference, package, parity, quantisation
from archbench.gallery import listing
from archbench.networks import classifier
from archbench.predicting import network
from archbench.training.config import Training
from archbench.tuning.space import SPACE, USUAL_LR

ROOT = Path(__file__).parents[1]
NUMBER = re.compile(r"(?<![\w.,×-])\d+(?:,\d{3})*(?:\.\d+)?")
UNREAD = re.compile(r"^```.*?^```$|`[^`\n]*`|\]\([^)]*\)", re.MULTILINE | re.DOTALL)
"""Code and the targets of links."""
Frame = pd.DataFrame
INTERVAL = re.compile(r"(?:[\d.]+ % )?\[[\d.]+ %, [\d.]+ %\]")
GENERATED = {
    *(
        "claims.md",
        "faults.md",
        "frontier.md",
        "tuning.md",
        "reference/params.md",
        "three-seeds.md",
    ),
    *("replicate.md", "verdicts.md"),
}
"""By scripts, from committed files."""
PAGES = [
    "README.md",
    *(
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "docs").rglob("*.md"))
        if str(path.relative_to(ROOT / "docs")) not in GENERATED
    ),
]
TEXT = "\n".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)

FACTS = {
    "95 % interval": "the level of every interval",
    "In 95 % of such reports": "the same",
    "in 95 % of such sweeps": "the same",
    "probability of 95 %": "the level of the guarantee in evaluation/selective.py",
    "a risk of 1 %": "the risk that evaluation/scores.py aims at",
    "leaves out 0": "no difference",
    "at most 1 % are wrong": "the risk that `archbench predict` keeps by default",
    "allows 5 %": "the option before it, in percent",
    "the exit code is 1": "of a command that could not do all",
    "about 51 people": "the labels of an image in CIFAR-10H: 511,000 of 10,000",
    "BY-NC-SA 4.0": "the version of a licence",
    "with five splits and three seeds each, of 12.5 TFLOP": "benchmarks/split_seed.py's command",
    "in 8-bit integers": "what int8 is",
    "the 2,062 photos": "of a data set that others made",
    "100 × 100 pixels": "the same",
    "far above 1": "rounds that are alike",
    "the 99th percentile": "what a column holds",
    "seed 0": "the seed in params.yaml",
    "flatten → 128 → 64 → dropout": "what mlp is",
    "32/64/128/256 channels": "what se_resnet is",
    "after 40 updates they agree to 0.0001": "what tests/training/test_world.py asserts",
    "6n + 2 layers of 16/32/64 channels": "what plain_cnn is",
    "layers of 128": "what residual_mlp is",
    "10,000 cells": "what docs/how-to/ten-thousand-cells.md plans",
    "ten clones with 1,000 cells each": "the same",
    "goals of 96 %": "what benchmarks/accuracy.py has not reached yet",
}
PATTERNS = {
    r"(?:[A-Z]\w+|al\.) (?:19|20)\d\d": "the year of a paper",
    r"\d+×\d+": "the shape of a kernel, a patch or an image",
}


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def numbers(text: str) -> Iterator[re.Match[str]]:
    """Where they stand in `text`."""
    return NUMBER.finditer(UNREAD.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text))


def uncovered(
    text: str, phrases: Iterable[str], patterns: Iterable[str] = (), page: str = "page"
) -> list[str]:
    """`page:line: number: words around it` of each figure that no phrase covers."""
    lines = text.splitlines()
    missing = [
        (text.count("\n", 0, number.start()) + 1, number[0])
        for number in outside(spans(text, (*map(pattern, phrases), *patterns)), numbers(text))
    ]
    return [f"{page}:{line}: {number}: {lines[line - 1].strip()}" for line, number in missing]


def spans(text: str, patterns: Iterable[str]) -> list[tuple[int, int]]:
    return [span for of in patterns for span in found(of, text)]


def outside(spans: list[tuple[int, int]], numbers: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    return [
        number
        for number in numbers
        if not any(low <= number.start() and number.end() <= high for low, high in spans)
    ]


def pattern(phrase: str) -> str:
    """Its judged pieces are groups; a line may break between any two words."""
    pieces = [r"\s+".join(map(re.escape, piece.split(" "))) for piece in phrase.split("…")]
    return r"(?<![\d.,])" + r"[^|\n]*".join(f"({piece})" for piece in pieces) + r"(?![\d]|[.,]\d)"


def found(regex: str, text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(regex, text):
        yield from (match.span(group) for group in range(1, match.re.groups + 1) or [0])


def results(name: str) -> list[dict]:
    return json.loads(read(f"results/{name}.json"))["rows"]


def machine_of(name: str) -> dict:
    return json.loads(read(f"results/{name}.json"))["machine"]


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def ends(low: float, high: float, digits: int = 1) -> str:
    return f"[{100 * low:.{digits}f}, {100 * high:.{digits}f}]"


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def measured() -> Frame:
    """Of the committed run, an architecture a row; text is left out."""
    columns = pd.read_csv(ROOT / "metrics/details/numbers.csv", index_col="number").T
    return columns.apply(pd.to_numeric, errors="coerce")


def headline() -> Iterator[str]:
    for name, of in measured().iterrows():
        yield row(
            f"`{name}`",
            f"{percent(of.accuracy)} {ends(of.network_low, of.network_high)}",
            percent(of.f1_macro),
            f"{percent(of.scaled_ece)} {ends(of.scaled_ece_low, of.scaled_ece_high)}",
            f"{of.parameters / 1e6:.2f} M",
            f"{of.gflops:.3f}",
            f"{of.train_images:,.0f} × {of.epochs:.0f}",
            f"{of.train_seconds:.0f} s",
        )
        yield f"Each training took {1000 * of.budget_petaflop:.0f} TFLOP"
        yield f"{of.epochs:.0f} epochs of {of.train_images:,.0f} images"
        yield f"all {of.train_images:,.0f} images"
    yield f"to {listing.MOST} test images"


def architectures() -> Iterator[str]:
    for name, parameters in counted().items():
        yield f"| `{name}` | … | {parameters} |"
        yield f"| `{name}`, … | … | {parameters} |"


def counted() -> dict[str, str]:
    """Parameters of each tuned recipe's network, built for images of CIFAR-10."""
    values = YAML(typ="safe").load(ROOT / "params.yaml") | {"recipe": "tuned"}
    asked = Training(**{key: values[key] for key in Training.model_fields})
    counts = {}
    for name in values["recipes"]["tuned"].keys() - {"shared"}:
        model = classifier.build(name, 10, (32, 32, 3), asked.recipe_of(name).options)
        counts[name] = f"{sum(weight.numel() for weight in model.parameters()) / 1e6:.2f} M"
    return counts


def studies() -> Iterator[str]:
    """docs/claims.md's first table, published figures, and the intervals beside them."""
    lines = read("docs/claims.md").replace("\\", "").splitlines()
    for line in lines:
        cells = line.strip("| ").split(" | ")
        if len(cells) >= 5 and re.fullmatch(r"\d+\.\d+ %", cells[1]):
            yield line
        if len(cells) >= 5 and cells[1] == "accuracy":
            yield f"published {cells[2]}"
        yield from (short(interval) for interval in INTERVAL.findall(line))


def short(interval: str) -> str:
    return re.sub(r" %(?=[,\]])", "", interval)


def notes() -> Iterator[str]:
    """What benchmarks/NOTES.md has of small images."""
    text = read("benchmarks/NOTES.md").replace("*", "")
    lines = re.findall(r"^\| (\d[^|]*) \| ([\d.]+) \| ([\d.]+) % \|", text, re.MULTILINE)
    by_size = {size: (share, float(accuracy)) for size, share, accuracy in lines}
    whole = by_size["32 throughout"][1]
    costs = {size: f"{whole - accuracy:.1f}" for size, (_, accuracy) in by_size.items()}
    fewer = sorted(costs[size] for size in costs if size.startswith("32 throughout, "))
    half = "24 for half the updates"
    yield f"takes {by_size[half][0]} of the time and costs {costs[half]} points"
    yield f"it costs {costs['24 for two thirds']}, fewer images {fewer[0]} to {fewer[-1]}"


def duplicates() -> Iterator[str]:
    (count,) = set(pd.read_csv(ROOT / "metrics/details/duplicates.csv")["images"])
    yield f"finds {count} by"


def steps() -> Iterator[str]:
    for xeon, epyc in zip(results("step"), results("epyc/step"), strict=True):
        speeds = (f"{xeon[key]:,.0f}" for key in ("ours", "plain"))
        shares = [f"{100 * on['of floor']:.0f} %" for on in (xeon, epyc)]
        of_xeon = f"{xeon['to plain']:.1f}", shares[0]
        of_epyc = f"{epyc['to plain']:.1f}", f"{epyc['to expert']:.2f}", shares[1]
        yield row(f"`{xeon['architecture']}`", str(xeon["batch"]), *speeds, *of_xeon, *of_epyc)


def neighbour() -> Iterator[str]:
    shares = {
        (of["neighbours"], of["threads asked for"]): of["share"] for of in results("neighbour")
    }
    assert shares[0, "2"] > 0.95  # it is the idle machine's speed that is shared
    yield f"keeps {percent(shares[1, 'free'], 0)} of its"
    yield f"would keep {percent(shares[1, '2'], 0)} of it"
    yield f"a training with two threads keeps {percent(shares[1, '2'], 0)} of its idle speed"
    assert 2 * shares[1, "2"] < 1 < 2 * shares[1, "1"]  # two at a time, or one after the other
    yield f"with a single thread each they keep {percent(shares[1, '1'], 0)} and are faster"


def mutation() -> Iterator[str]:
    for of in results("mutation"):
        yield f"{percent(of['score'], 0)} in {of['part']}"


def faults() -> Iterator[str]:
    of = json.loads(read("results/faults.json"))
    for kind, word in {"kills": "kills", "signals": "signals", "flips": "flips of bits"}.items():
        yield f"{of[kind]['trials']} {word}"
    yield f"{of['parameters']['trials']} hostile parameters"


def augmentations() -> Iterator[str]:
    for xeon, epyc in zip(results("augmentation"), results("epyc/augmentation"), strict=True):
        speeds = (f"{round(xeon[key], -2):,.0f}" for key in ("ours", "torchvision"))
        yield row("…", *speeds, f"{xeon['ratio']:.1f}", f"{epyc['ratio']:.1f}")


def scaling() -> Iterator[str]:
    usual = results("scaling")[1]
    yield f"{usual['images']:,} images, batches of {usual['batch']}"
    for of in results("scaling"):
        figures = f"{of['epoch_seconds']:.1f}", f"{of['ratio']:.2f}"
        memory = f"{of['peak_memory_mb'] / 1000:.1f}"
        yield row(f"{of['varies']} {of[of['varies']]:,}", *figures, memory)


def pipeline() -> Iterator[str]:
    seconds = {of["what"]: of["seconds"] for of in results("pipeline")}
    (idle,) = (name for name in seconds if name.startswith("no-op"))
    yield f"{first(r'[0-9]+ stages', idle)} takes {seconds[idle]:.1f} s"
    for name, took in seconds.items():
        yield f"{name.removeprefix('stage ')} {took:.1f} s"
    yield f"check, split {seconds['stage split']:.1f} s"
    epyc = [of for of in results("epyc/pipeline") if of["what"].startswith("make repro")]
    now, before = (f"{of['seconds'] / 60:.0f}" for of in epyc)
    yield f"takes {now} minutes"
    yield f"before there was one, {before}"
    yield f"the Xeon took {seconds['make repro in a fresh clone'] / 60:.0f}"
    yield f"trainings alone took {measured().train_seconds.sum() / 60:.0f} minutes"


def wide() -> Iterator[str]:
    of = results("wide")[-1]
    yield f"with {of['architectures']} architectures and {of['seeds']} seeds each"
    for stage in ("compare", "report", "gallery"):
        seconds, memory = of[f"{stage}_cpu_seconds"], of[f"{stage}_peak_gb"]
        yield f"{stage} takes {seconds:.0f} s of one core and {memory:.1f} GB"
    yield f"the report is a page of {of['report_mb']:.1f} MB"
    yield f"of {of['images']:,} test images"


def ten_thousand() -> Iterator[str]:
    """What is measured of a cell, times 10,000, at the prices that the page assumes."""
    core_hour, stored, moved = 0.05, 0.023, 0.09
    yield f"{core_hour} for an hour of a core, {stored} for a month of a gigabyte"
    yield f"{moved} for a gigabyte that leaves"
    seconds, own = measured().train_seconds, results("launch_cost")[-1]["CPU seconds a cell"]
    hours, beside = (10_000 * each / 3600 for each in (seconds.mean(), own))
    span = f"from {seconds.min():.0f} s to {seconds.max():.0f} s"
    training = f"{seconds.mean():.0f} s of a core, {span}", f"{hours:.0f} core-hours"
    yield row("…", *training, f"{core_hour * hours:.0f}")
    yield row(
        "…", f"{own:.1f} s of a core", f"{beside:.1f} core-hours", f"{core_hour * beside:.1f}"
    )
    sizes = megabytes("train")
    mean, total = sum(sizes) / len(sizes), 10 * sum(sizes) / len(sizes)
    span = f"from {min(sizes):.0f} MB to {max(sizes):.0f} MB"
    yield row("…", f"{mean:.0f} MB, {span}", f"{total:.0f} GB", f"{stored * total:.1f} a month")
    yield row("…", f"{mean:.0f} MB", f"{total:.0f} GB", f"{moved * total:.0f}")
    yield f"100 cores would train for {hours / 100:.1f} hours"
    predictions = megabytes("evaluate")
    yield f"{sum(predictions) / len(predictions):.1f} MB for each architecture and seed"
    few, *_, many = sorted(
        (of for of in results("dvc_cost") if of["cells"] == 1000),
        key=lambda of: of["code dependencies of a cell"],
    )
    yield f"{few['a further cell']:.0f} CPU seconds for a stage where there are 1,000 cells"
    yield f"{few['nothing to do']:.0f} CPU seconds with 1,000 cells"
    counts = (of["code dependencies of a cell"] for of in (many, few))
    yield "with {} of code for each cell instead of {}".format(*counts)
    yield f"it takes {many['nothing to do']:.0f}."


def megabytes(stage: str) -> list[float]:
    """What each cell of a stage has written, in the committed run."""
    stages = YAML(typ="safe").load(ROOT / "dvc.lock")["stages"].items()
    outs = [of["outs"] for name, of in stages if name.startswith(f"{stage}@")]
    return [sum(out["size"] for out in written) / 1e6 for written in outs]


def frontier() -> Iterator[str]:
    for _, of in pd.read_csv(ROOT / "results/frontier.csv").iterrows():
        compute = f"{1000 * of.petaflop:g} TFLOP"
        yield f"{compute} `{of.architecture}` reaches {percent(of.accuracy)}"
        yield f"one seed with {compute}"


def splits() -> Iterator[str]:
    sys.path.append(str(ROOT / "benchmarks"))
    import split_seed

    table = pd.read_csv(ROOT / "results/split_seed.csv")
    for _, of in split_seed.spreads(table):
        seed, most = f"{100 * of.seed:.2f}", f"at most {100 * of.most:.2f}"
        yield f"by {seed} points between seeds and by {most} between splits"
        yield f"by {seed} and {most}"


def own_images() -> Iterator[str]:
    compare, along, speednet, se_resnet = results("own_photos")
    yield f"first command took {compare['seconds']:.0f} s and the second {along['seconds']:.0f} s"
    yield f"{percent(speednet['accuracy'])} on the held-out fifth"
    yield f"fifth and se_resnet {percent(se_resnet['accuracy'])}"


def predicting() -> Iterator[str]:
    shares = {of["what"]: f"{100 * of['share']:.0f} %" for of in results("predicting")}
    yield f"at {shares['resnet18']} of the speed that"
    yield f"with resnet18, at {shares['se_resnet']} with se_resnet"
    yield f"and at {shares['speednet']} with speednet"


def memory() -> Iterator[str]:
    sys.path.append(str(ROOT / "benchmarks"))
    from memory import growth

    rows, side = results("memory"), machine_of("memory")["side"]
    starts = {of["stage"]: of["start_mb"] for of in rows}
    sizes = sorted({of["images"] for of in rows})
    for of in growth(rows):
        figures = [starts[of["stage"]], *(of[f"{size:,}"] for size in sizes)]
        name = "archbench predict" if of["stage"].startswith("archbench") else of["stage"]
        yield row(f"`{name}`", *(f"{mb:,.0f}" for mb in figures), f"{max(0, of['kB/image']):.1f}")
    yield row("stage", "imports", *(f"{size:,}" for size in sizes), "a further picture")
    yield f"Folders of {sizes[0]:,}, {sizes[1]:,} and {sizes[2]:,} pictures"
    yield f"pictures of {side} × {side} pixels"
    yield f"the largest has {sizes[-1] * side**2 * 3 / 1e9:.1f} GB of"
    yield f"its pixels have {side**2 * 3 / 1000:.0f}"
    yield f"With {sizes[-1]:,} pictures the"
    most = {of["stage"]: of for of in rows if of["images"] == sizes[-1]}
    above = {name: of["above_start_mb"] for name, of in most.items()}
    yield f"download takes {above['download']:,.0f} MB above its start"
    yield f"one epoch of training {above['train']:,.0f} MB, and"
    yield f"the gallery {above['gallery']:,.0f} MB"
    highest = max(above, key=lambda name: above[name])
    yield f"The most is `{highest}`, {above[highest]:,.0f} MB"
    yield f"size was {max(of['peak_rss_mb'] for of in rows) / 1000:.1f} GB"
    yield f"looks every {1000 * memory_interval():.0f} ms"
    yield from samples(side)


def memory_interval() -> float:
    from memory import INTERVAL

    return INTERVAL


def samples(side: int) -> Iterator[str]:
    """How many images stages take at once, or at all."""
    yield f"a sample of {evaluate.CORRUPTED:,} test images"
    yield f"the first {explain.CONTROL} test images"
    yield f"all, {search.BLOCK} at a time; keeps {search.CELLS**2 * search.DIRECTIONS} numbers"
    yield f"a sample of {quantisation.IMAGES} training images sets the ranges of 8-bit integers"
    yield f"the first batch of {inference.BATCH} test"
    yield f"at most {listing.MOST} test images of a page"
    yield f"all, {network.BATCH} pictures at a time"
    yield f"predicts {classifier.CHUNK} images at once. Of more than 32 × 32 pixels"
    yield f"as many as have {classifier.CHUNK_PIXELS:,}"
    yield f"{classifier.at_once(side, side)} of {side} × {side}"


def exports() -> Iterator[str]:
    yield f"by more than {parity.MOST:.4f}"
    yield f"of a batch of {inference.BATCH}"
    yield f"of more than one image in {1 / parity.SHARE:,.0f}"
    yield f"A network of more than {package.LARGEST / 1e6:.0f} MB"
    for name, rows in pd.read_csv(ROOT / "results/inference.csv").groupby("architecture"):
        one, int8 = rows.iloc[0], rows.iloc[1]
        change = [f"{100 * int8[key]:.2f}" for key in ("difference", "low", "high")]
        yield (
            f"| `{name}` | {one.latency_ms:.2f} → {int8.latency_ms:.2f} "
            f"| {one.images_per_second:,.0f} → {int8.images_per_second:,.0f} "
            f"| {one.size_mb:.1f} → {int8.size_mb:.1f} "
            f"| {change[0]} [{change[1]}, {change[2]}], {int8.verdict} |"
        )


def goals() -> Iterator[str]:
    for of in results("accuracy"):
        plain, flipped = percent(of["accuracy"]), f"{percent(of['with_flip'])} with"
        yield f"`{of['goal']}` took {of['seconds']:.0f} s"
        yield f"took {of['seconds'] / 60:.0f} minutes and ended at {plain}, {flipped}"
        yield f"ended at {plain} on the test images, {flipped}"
        yield f"in 16 epochs, ended at {plain}, {flipped}"


def pins() -> Iterator[str]:
    yield f"torch {first(r'(?m)(?<=^torch==)[0-9.]+', read('requirements.txt'))}"
    yield f"Python {first(r'(?<=requires-python = .>=)[0-9.]+', read('pyproject.toml'))}"


def first(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match[0]


def calibrated() -> Iterator[str]:
    yield f"accuracy over {calibration.BINS} bins"


def agreed() -> Iterator[str]:
    yield f"at least {100 * people.AGREED:.0f} % of"


def robustness() -> Iterator[str]:
    share = len(corruptions.settings(3)) * evaluate.CORRUPTED / measured().test_images.iloc[0]
    yield f"{share:.1f} times the test images"


def search_space() -> Iterator[str]:
    ends = {key: (of.low, of.high) for key, of in SPACE.items()}  # type: ignore[attr-defined]
    for key, (low, high) in ends.items():
        for name, unit in (
            (key, ""),
            (key, ", by its logarithm"),
            (f"augmentation.{key}", " pixels"),
        ):
            yield f"| `{name}` | {low:g} to {high:g}{unit} |"
    yield f"{USUAL_LR['muon']:g} for `muon`, {USUAL_LR['adam']:g} for `adam` and `adamw`, and"
    yield f"{USUAL_LR['sgd']:g} for `momentum` and `sgd`"


SOURCES = (
    *(
        splits,
        exports,
        own_images,
        predicting,
        headline,
        architectures,
        studies,
        notes,
        duplicates,
        steps,
        augmentations,
    ),
    *(
        scaling,
        neighbour,
        pipeline,
        wide,
        ten_thousand,
        frontier,
        goals,
        pins,
        agreed,
        robustness,
        calibrated,
        search_space,
        mutation,
        faults,
        memory,
    ),
)


@pytest.fixture(scope="module")
def phrases() -> list[str]:
    return [phrase for source in SOURCES for phrase in source()]


@pytest.mark.usefixtures("committed_run")
@pytest.mark.parametrize("page", PAGES)
def test_every_figure_has_a_file(phrases, page):
    missing = uncovered(read(page), [*phrases, *FACTS], PATTERNS, page)
    assert not missing, "\n".join(hint(line, phrases) for line in missing)


def hint(line: str, phrases: list[str]) -> str:
    """The line, and the phrase that is most like it: a figure may be out of date."""
    close = get_close_matches(line.split(": ", 2)[2], phrases, n=1, cutoff=0.5)
    return f"{line}\n    the files say: {close[0]}" if close else line


def test_the_network_that_is_counted_is_the_one_that_was_measured():
    counts = counted()
    for name, of in measured().iterrows():
        assert counts[str(name)] == f"{of.parameters / 1e6:.2f} M"


def test_no_phrase_is_a_bare_number(phrases):
    """It would cover any figure that happens to be equal."""
    assert all(re.search(r"[a-z|%\[]", phrase, re.IGNORECASE) for phrase in [*phrases, *FACTS])


@pytest.fixture(scope="module")
def typed(phrases) -> list[re.Match[str]]:
    """The numbers that no file covers."""
    return outside(spans(TEXT, (*map(pattern, phrases), *PATTERNS)), numbers(TEXT))


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_needed(typed, fact):
    others = spans(TEXT, (pattern(other) for other in FACTS if other != fact))
    uncovered = outside(others, typed)
    assert len(outside(spans(TEXT, [pattern(fact)]), uncovered)) < len(uncovered)


def test_a_figure_is_covered_by_its_phrase_alone():
    text = "# 1\n\nIt took 3.5 s on\ntwo cores, 45 % of `9`.\n| `a` | 8 | 2.0 M |\n```\n7\n```\n"
    assert [line.split(": ")[1] for line in uncovered(text, [])] == ["1", "3.5", "45", "8", "2.0"]
    assert uncovered(text, ["took 3.5 s on two", "5 % of", "| `a` | … | 2.0 M |"]) == [
        "page:1: 1: # 1",
        "page:4: 45: two cores, 45 % of `9`.",
        "page:5: 8: | `a` | 8 | 2.0 M |",
    ]
