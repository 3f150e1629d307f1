"""Writes the measured part of docs/performance.md from the JSON files of benchmarks/results: nothing is typed by hand.

`python benchmarks/report_performance.py` replaces what stands between the two marks of the page.
"""

from pathlib import Path

from whole_job.markdown import document
from whole_job.results import read_results

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def rewritten(page: str, measured: str) -> str:
    """The page with this between its marks."""
    before, rest = page.split(BEGIN)
    _old, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}"


def main() -> None:
    """Write the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(rewritten(page, document(read_results(HERE / "results"))), encoding="utf-8")


if __name__ == "__main__":
    main()
