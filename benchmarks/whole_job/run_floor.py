"""A process of its own: the floor's SQL scripts on landed files, with each script's time as JSON.

`python run_floor.py LANDING TARGET MOMENTS`: makes the DuckDB file TARGET; MOMENTS gets a line when a script begins.
"""

import json
import os
import sys
import time
from pathlib import Path

import duckdb

SCRIPTS = sorted((Path(__file__).parent / "floor").glob("*.sql"))


def main() -> None:
    """Run the scripts in their order."""
    landing, target, moments = sys.argv[1:]
    with duckdb.connect(target) as connection, Path(moments).open("w", encoding="utf-8", buffering=1) as file:
        connection.execute("create schema marts")
        connection.execute(f"set variable landing = '{landing}'")
        for script in SCRIPTS:
            moment = {"stage": "floor", "step": script.stem, "kind": "start"}
            file.write(json.dumps({**moment, "at": time.monotonic(), "cpu_seconds": sum(os.times()[:4])}) + "\n")
            connection.execute(script.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
