"""The Spark session of a run: what it has to be so that both engines say the same, and where it works. No table here.

Master, memory and storage are Spark's own matter (`spark-defaults.conf` in SPARK_CONF_DIR, PYSPARK_SUBMIT_ARGS); what
nobody has said is set for this machine alone: loopback addresses, and tables beside the DuckDB file.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.problems import BadInput

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOOPBACK = "127.0.0.1"
INSTALL = "pip install 'guanxi[spark]' (in a checkout: make spark)"

# Both engines then read the same: an overflow or a bad cast is an error, no instant has the machine's zone, and double
# quotes make a name. And a table may be built anew over the files of one that an earlier process made.
OBLIGATORY = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.legacy.allowNonEmptyLocationInCTAS": "true",
    "spark.sql.analyzer.maxIterations": "1000",  # linking accounts is a hundred named selects, each on the one before
}
ON_THIS_MACHINE = {
    "spark.master": "local[*]",
    "spark.driver.host": LOOPBACK,
    "spark.driver.bindAddress": LOOPBACK,
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.driver.memory": "3g",
    "spark.sql.ui.retainedExecutions": "5",  # nobody looks at the plans of a hundred selects, which fill the memory
}


def require_spark() -> None:
    """Raise BadInput, in no time and before anything is touched, when there is no Spark or no Java to run it."""
    missing = [name for name in ("pyspark", "dbt.adapters.spark") if not _is_there(name)]
    if missing:
        raise BadInput(f"target spark needs {' and '.join(missing)}, not installed here: {INSTALL}")
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else "java"
    if shutil.which(java) is None:
        raise BadInput(
            f"target spark needs Java 17 and finds no {java}: install it (openjdk-17-jre-headless) or mend JAVA_HOME"
        )


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@contextmanager
def running_spark() -> Iterator[None]:
    """At the end no session is at work, if one was started meanwhile: the next run's works in a folder of its own."""
    try:
        yield
    finally:
        if "pyspark" in sys.modules:
            from pyspark.sql import SparkSession

            if session := SparkSession.getActiveSession():
                session.stop()


def spark_session(folder: Path) -> "SparkSession":
    """The session at work, or a new one whose tables lie in `folder` unless Spark is told otherwise."""
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession() or _start(folder)


def _start(folder: Path) -> "SparkSession":
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", LOOPBACK)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with _told_in_the_log():
        SparkContext._ensure_initialized()  # before, a SparkConf does not know what spark-defaults.conf says
    conf = SparkConf()
    for name, value in {**ON_THIS_MACHINE, "spark.sql.warehouse.dir": str(folder)}.items():
        conf.setIfMissing(name, value)
    for name, value in OBLIGATORY.items():
        conf.set(name, value)
    session = SparkSession.builder.appName("guanxi").config(conf=conf).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextmanager
def _told_in_the_log() -> Iterator[None]:
    """What Java is started with as its standard error: the run's log, as for everybody else in this process."""
    try:
        log = sys.stderr.fileno()
    except (AttributeError, OSError):  # somebody listens who has no file
        yield
        return
    sys.stderr.flush()
    screen = os.dup(2)
    os.dup2(log, 2)
    try:
        yield
    finally:
        os.dup2(screen, 2)
        os.close(screen)
