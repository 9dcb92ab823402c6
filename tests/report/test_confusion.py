import synthetic

from archbench.report.confusion import drawn_cells


def test_few_classes_are_drawn_cell_by_cell():
    classes = [str(number) for number in range(20)]
    confusion = synthetic.results({"fast": 3.0}, classes=classes).tables["confusion"]
    assert drawn_cells(confusion, classes) is confusion


def test_of_many_classes_every_image_is_drawn_in_the_order_of_the_classes():
    classes = [f"class {7 * number % 100}" for number in range(100)]
    confusion = synthetic.results({"fast": 2.0, "slow": 0.3}, classes=classes).tables["confusion"]
    drawn = drawn_cells(confusion, classes)
    assert drawn.groupby("architecture")["count"].sum().tolist() == [300, 300]
    assert len(drawn) < 0.1 * len(confusion)
    for axis in ("actual", "predicted"):
        assert drawn[axis].drop_duplicates().tolist() == classes
