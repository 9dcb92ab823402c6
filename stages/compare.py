"""Stage compare: every model's predictions → which differences hold, and the details."""

import start

from archbench.base import errors, files, params, paths
from archbench.base.predictions import hits_of, join
from archbench.base.records import DatasetRecord
from archbench.comparison import answers, hits, pairwise, people, tables
from archbench.comparison.config import Comparison
from archbench.external import compared


def main() -> None:
    wanted = params.read(Comparison)
    names = wanted.architectures
    classes = DatasetRecord.read(paths.DATASET).classes
    predictions, suspects = answers.reduce(compared.tables("predictions", names))
    seeds, by_class = (compared.read_tables(kind, names) for kind in ("seeds", "classes"))
    duplicates = files.read_table(paths.DUPLICATES)
    images = duplicates.loc[duplicates["duplicate"], "index"]
    numbers = compared.read_numbers(names)
    outcomes = {name: hits_of(rows) for name, rows in predictions.items()}
    pairs = pairwise.table(outcomes, wanted.margin)
    files.write_table(paths.PAIRWISE, pairs)
    shares = {name: paths.evaluation(name, "robustness_shares") for name in names}
    corrupted = {name: hits.shares(files.read_table(path)) for name, path in shares.items()}
    corrupted = corrupted if all(runs.size for runs in corrupted.values()) else {}
    images_nhwc, labels = map(files.read_array, (paths.TEST_IMAGES, paths.TEST_LABELS))
    missed = tables.missed_by_all(suspects, classes)
    labelled = files.read_table(paths.DATA / "people.csv")
    counts = labelled.drop(columns=["index", "people"]).to_numpy()
    of_trained = compared.Tables({name: paths.evaluation(name, "predictions") for name in names})
    details = {
        "hits": hits.pack(predictions, hits.digest(images_nhwc, labels)),
        "ranks": pairwise.ranks(pairs, list(predictions)),
        "robustness_means": tables.intervals(corrupted),
        "robustness_pairs": pairwise.table(corrupted, wanted.margin),
        "numbers": tables.numbers(numbers),
        "seeds": join(seeds),
        "classes": join(by_class),
        "duplicates": tables.without(predictions, images),
        "missed_by_all": people.beside(missed, labelled),
        "people": people.of_networks(of_trained, seeds, counts),
        "people_images": people.of_images(counts, labels, missed, classes),
    }
    for name, table in details.items():
        files.write_table(paths.detail(name), table)
    print(pairwise.answer(pairs))


if __name__ == "__main__":
    errors.run(main)
