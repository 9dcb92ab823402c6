"""What runs after the cells is as `dvc repro` leaves it, in one writing of dvc.lock."""

import pytest
import tiny_pipeline
from dvc.dvcfile import Lockfile

from archbench.cluster import rest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:dvc.*")


@pytest.fixture
def written(tmp_path, monkeypatch) -> list[list[str]]:
    """The stages of each writing of dvc.lock, in a pipeline whose stages are all to run."""
    tiny_pipeline.make(tmp_path)
    (tmp_path / "source").write_text("other\n")
    (tmp_path / "params.yaml").write_text("knob: 2\n")
    monkeypatch.chdir(tmp_path)
    calls: list[list[str]] = []
    write = Lockfile.dump_stages

    def dump(self, stages, **options):
        calls.append([stage.name for stage in stages])
        write(self, stages, **options)

    monkeypatch.setattr(Lockfile, "dump_stages", dump)
    return calls


def test_all_stages_are_written_at_once_and_dvc_finds_nothing_to_do(written, tmp_path):
    rest.main()
    assert written == [["first", "second"]]
    assert "up to date" in tiny_pipeline.dvc(tmp_path, "repro")
    assert tiny_pipeline.runs(tmp_path) == 4
    rest.main()
    assert len(written) == 1, "nothing ran, so nothing is written"


def test_what_ran_before_a_stage_that_fails_is_kept(written, tmp_path):
    dvc_yaml = tmp_path / "dvc.yaml"
    dvc_yaml.write_text(dvc_yaml.read_text().replace("cp out/one copy", "false"))
    with pytest.raises(SystemExit, match=r"^failed to reproduce 'second': failed to run: "):
        rest.main()
    assert written == [["first"]]
    assert "up to date" in tiny_pipeline.dvc(tmp_path, "status", "first")
