"""A process of its own: one night of a data directory, with every moment's time and processor seconds as JSON.

`python run_night.py DATA_DIR OPTIONS MOMENTS`: OPTIONS is what `guanxi run` is told, as JSON; MOMENTS is the file that
gets a line per moment, then one with how the night ended.
"""

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any


def main() -> int:
    """Run the night; 0 when it was published."""
    data_dir, options, moments = sys.argv[1:]
    with Path(moments).open("w", encoding="utf-8", buffering=1) as file:

        def write(**told: Any) -> None:
            spent = sum(os.times()[:4])  # this process and those it has waited for
            file.write(json.dumps({**told, "at": time.monotonic(), "cpu_seconds": spent}) + "\n")

        write(stage="imports", step="", kind="start")
        from pipelines.folders import DataFolder
        from pipelines.process import search_rarely
        from pipelines.runner import run_nightly

        search_rarely()

        outcome = run_nightly(DataFolder(Path(data_dir)), json.loads(options), lambda moment: write(**asdict(moment)))
        problems = [*outcome.failures, *outcome.broken_rules, *filter(None, [outcome.bad_input, outcome.refusal])]
        write(stage="closing", step="", kind="start", as_of=str(outcome.as_of), problems=problems)
    return 0 if outcome.is_success else 1


if __name__ == "__main__":
    code = main()
    from pipelines.process import leave

    leave(code)
