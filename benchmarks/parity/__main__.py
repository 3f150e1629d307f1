"""Whether both engines say the same: their published files, row by row; or any two published files.

`python -m benchmarks.parity both` builds the sample and the real shops with DuckDB and with Spark; `… compare A.duckdb
B.duckdb` looks at files that are there. Every difference is printed, their number last; exit code 1 when there are any.
"""

import argparse
import os
import sys
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.parity.comparison import OF_ONE_RUN, compare
from benchmarks.parity.nights import ENGINES, build, shops

DATA = Path(os.environ.get("GUANXI_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def main() -> int:
    """Parse, call, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parity", description=__doc__)
    commands = parser.add_subparsers(required=True)
    two = commands.add_parser("compare", help="two published files")
    two.add_argument("first", type=Path)
    two.add_argument("second", type=Path)
    two.add_argument("--ignore", action="append", default=[], metavar="COLUMN", help="leave out columns of this name")
    own = ", ".join(sorted(OF_ONE_RUN))
    two.add_argument("--of-other-runs", action="store_true", help=f"leave out what a run has of its own: {own}")
    two.set_defaults(
        call=lambda said: report(said.first, said.second, {*said.ignore, *(OF_ONE_RUN if said.of_other_runs else ())})
    )
    both = commands.add_parser("both", help="shops built with DuckDB and with Spark")
    both.add_argument("shops", nargs="*", help="sample, thelook, online_retail; all that are there when none is named")
    both.add_argument("--data", type=Path, default=DATA, help="folder of the real shops")
    both.set_defaults(call=lambda said: both_engines(said.data, said.shops))
    said = parser.parse_args()
    return 1 if said.call(said) else 0


def both_engines(data: Path, names: Collection[str]) -> int:
    """Build and compare each shop; print the differences, and return their number."""
    differing = 0
    for shop in shops(data):
        if names and shop.name not in names:
            continue
        with TemporaryDirectory(prefix="parity-") as folder:
            key = Path(folder) / "customer_key"
            key.write_text("0" * 32)
            files = [build(shop, engine, Path(folder) / engine, key) for engine in ENGINES]
            print(f"{shop.name} on {' and '.join(ENGINES)}", flush=True)
            differing += report(*files, OF_ONE_RUN)
    print(f"{differing:,} differences in all")
    return differing


def report(first: Path, second: Path, ignored: Collection[str]) -> int:
    """Print the differences of two files, the count last, and return it."""
    found = compare(first, second, ignored)
    for table in found:
        for sentence in table.sentences:
            print(f"{table.table}: {sentence}")
    rows, differing = sum(table.row_count for table in found), sum(table.differing_count for table in found)
    print(f"{differing:,} differences in {len(found)} tables, {rows:,} rows")
    return differing


if __name__ == "__main__":
    sys.exit(main())
