"""The names of what is measured, and what a result says of it. Pure: nothing is measured or judged here."""

from typing import Any

FLOOR, FLOOR_AGAIN = "floor", "floor again"
FULL_JOB = "full job"
LIMITED = "full job, memory limited"
SMALLEST = "smallest shop"
TWO_YEARS, TWO_YEARS_NIGHTLY = "24 months at once", "24 months in nightly files"
HALF_A_YEAR_NIGHTLY = "6 months in nightly files"


def first_of(history: str) -> str:
    """The night that takes in a whole history at once."""
    return f"first night, {history}"


def next_after(history: str) -> str:
    """The night after it, with one more day."""
    return f"next night, {history}"


class Runs:
    """What was measured of one size; KeyError for what was not."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.result = result
        self._runs = {run["name"]: run for run in result["runs"]}

    def seconds(self, name: str) -> float:
        """How long a run took."""
        return float(self._runs[name]["seconds"])

    def cpu_seconds(self, name: str) -> float:
        """What the processors worked for it."""
        return float(self._runs[name]["cpu_seconds"])

    def others_cpu_seconds(self, name: str) -> float:
        """What all else on the machine took meanwhile."""
        return float(self._runs[name]["others_cpu_seconds"])

    def gigabytes(self, name: str) -> float:
        """What it held in memory at most."""
        return float(self._runs[name]["peak_bytes"]) / 1e9

    def stages(self, name: str) -> dict[str, float]:
        """Seconds of each of its stages, in the order in which they began."""
        seconds: dict[str, float] = {}
        for step in self._runs[name]["steps"]:
            seconds[step["stage"]] = seconds.get(step["stage"], 0.0) + step["seconds"]
        return seconds

    @property
    def floor(self) -> float:
        """Seconds of the floor: the mean of before and after the job, since no two minutes of a machine are alike."""
        return (self.seconds(FLOOR) + self.seconds(FLOOR_AGAIN)) / 2

    @property
    def floor_cpu(self) -> float:
        """Its CPU seconds."""
        return (self.cpu_seconds(FLOOR) + self.cpu_seconds(FLOOR_AGAIN)) / 2

    @property
    def job(self) -> float:
        """Seconds of the full job."""
        return self.seconds(FULL_JOB)

    def ingestion(self, form: str) -> float:
        """How many times DuckDB's own typed read-and-write the ingestion of all feeds takes."""
        taken = [row for row in self.result["ingestion"] if row["form"] == form]
        return sum(row["seconds"] for row in taken) / sum(row["copy_seconds"] for row in taken)
