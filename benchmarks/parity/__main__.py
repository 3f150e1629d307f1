"""`python -m benchmarks.parity compare A.duckdb B.duckdb`: two published files, every difference, exit 1 when any."""

import argparse
import sys
from collections.abc import Collection
from pathlib import Path

from benchmarks.parity.comparison import OF_ONE_RUN, compare


def main() -> int:
    """Parse, call, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parity", description=__doc__)
    commands = parser.add_subparsers(required=True)
    two = commands.add_parser("compare", help="two published files")
    two.add_argument("first", type=Path)
    two.add_argument("second", type=Path)
    two.add_argument("--ignore", action="append", default=[], metavar="COLUMN", help="leave out columns of this name")
    two.add_argument(
        "--of-other-runs",
        action="store_true",
        help=f"leave out what a run has of its own: {', '.join(sorted(OF_ONE_RUN))}",
    )
    two.set_defaults(
        call=lambda said: report(said.first, said.second, {*said.ignore, *(OF_ONE_RUN if said.of_other_runs else ())})
    )
    said = parser.parse_args()
    return 1 if said.call(said) else 0


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
