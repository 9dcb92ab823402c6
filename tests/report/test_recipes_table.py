import synthetic

from archbench.report import recipes


def test_recipes_are_told_apart_setting_by_setting():
    shared, differing = recipes.recipes(synthetic.results({"fast": 3.0, "slow": 0.3}).runs)
    assert shared == {"augmentation.flip": "0.5", "epochs": "3"}
    assert differing.to_numpy().tolist() == [
        ["lr", "0.1", "0.01"],
        ["options.dropout", "-", "0.3"],
    ]


def test_the_settings_of_one_alone_are_all_shared():
    shared, differing = recipes.recipes([{"architecture": "a", "recipe": {"lr": 0.1}}])
    assert shared == {"lr": "0.1"}
    assert differing.empty
