"""Stage check: params.yaml holds, so what follows may begin. `make check` runs it before DVC."""

import start

from archbench import check, committed
from archbench.base import errors, files, params, paths


def main() -> None:
    values = params.load()
    try:
        check.check(values)
    except errors.Refused as refusal:
        back = committed.way_back(str(refusal), values)
        raise errors.Refused("\n".join(filter(None, (str(refusal), back)))) from None
    for key in check.hides(values):
        print(f"params.yaml: {key} is set, which hides every recipe's own; to undo: -S {key}=null")
    files.write_text(paths.CHECKED, "params.yaml holds\n")


if __name__ == "__main__":
    errors.run(main)
