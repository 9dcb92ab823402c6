"""What is left when all cells are trained: `python -m archbench.cluster.rest`.

As `dvc repro`, but dvc.lock is written once, at the end. DVC itself parses and rewrites it for each
stage that runs (treeverse/dvc#10629), which takes 18 CPU seconds where there are 1,000 cells. The
run cache has each stage as soon as it has run, so a kill loses no work.
"""

import logging
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.stage import Stage


def main() -> None:
    ran: list[Stage] = []

    def reproduce(stage: Stage, **options: Any) -> Stage | None:
        done = stage.reproduce(**options)
        ran.extend([done] if done else [])
        return done

    with Repo() as repo:
        try:
            repo.reproduce(repro_fn=reproduce)
        except DvcException as error:
            raise SystemExit(f"{error}: {error.__cause__}") from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        finally:
            if ran:
                with repo.lock:
                    ran[0].dvcfile._lockfile.dump_stages(ran)


def is_news(record: logging.LogRecord) -> bool:
    """The `dvc repro` that follows names what has not changed."""
    return "didn't change" not in str(record.msg)


if __name__ == "__main__":
    for handler in logging.getLogger("dvc").handlers:
        handler.addFilter(is_news)
    main()
