"""Bad input gets one clear line and exit code 2, and nothing is published."""

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

import pipelines

HEADER = "order_id,account_id,ordered_at,status,total\n"
CUSTOMERS = "account_id,registered_at,email\na1,2026-01-01 10:00:00,a1@example.com\n"


@dataclass
class Ended:
    """How a command ended, and what it printed."""

    returncode: int
    output: str


Guanxi = Callable[..., Ended]


@pytest.fixture
def guanxi(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Guanxi:
    """A function that runs the command in this process, where the libraries are loaded already."""
    from pipelines.cli import main

    def command(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["guanxi", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ended(ended.value.code, printed.out + printed.err)

    return command


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "customers.csv").write_text(CUSTOMERS)
    (folder / "orders.csv").write_text(HEADER + "o1,a1,2026-02-01 10:00:00,paid,10.00\n")
    return folder


def refused(result: Ended, *words: str) -> None:
    assert result.returncode == 2, result.output
    [line] = [line for line in result.output.splitlines() if line.startswith("guanxi:")]
    for word in words:
        assert word in line, line
    assert "Traceback" not in result.output


def test_the_installed_command_ends_with_exit_code_2() -> None:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "run", "--source", "shopify"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    refused(Ended(result.returncode, result.stdout + result.stderr), "shopify")


def test_a_source_named_twice(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    twice = ["--source", f"sample={tmp_path}", "--source", f"sample={files}"]
    refused(guanxi("run", *twice, "--data-dir", str(tmp_path / "data")), "sample", "twice")


def test_two_sources_that_bear_one_name(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    shutil.copytree(Path(pipelines.__file__).parent / "sources" / "sample", twin)
    both = ["--source", f"sample={files}", "--source", f"{twin}={files}"]
    refused(guanxi("run", *both, "--data-dir", str(tmp_path / "data")), "two sources are called sample", "source.yml")


def test_a_reference_table_that_cannot_be_used(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    own = tmp_path / "data" / "targets.csv"
    own.parent.mkdir()
    own.write_text("measure,segment,target\nopen_rate,all,much\n")
    result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(own.parent))
    refused(result, f"{own}, row 1: target must be a number", "not 'much'")
    assert not (own.parent / "lake").exists()


def test_a_discount_rate_that_is_none(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    home = ["--source", f"sample={files}", "--data-dir", str(tmp_path / "data")]
    refused(guanxi("run", *home, "--discount-rate", "10"), "--discount-rate", "'10'", "0.1")


def test_an_as_of_in_the_future(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    result = guanxi("run", "--source", f"sample={files}", "--as-of", "2999-01-01", "--data-dir", str(tmp_path / "data"))
    refused(result, "2999-01-01", "future")


def test_no_such_source(guanxi: Guanxi, tmp_path: Path) -> None:
    refused(guanxi("run", "--source", "shopify", "--data-dir", str(tmp_path)), "shopify", "online_retail")


def test_an_empty_folder(guanxi: Guanxi, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = guanxi("run", "--source", f"thelook={tmp_path}/empty", "--data-dir", str(tmp_path / "data"))
    refused(result, f"{tmp_path}/empty")


def test_a_folder_that_does_not_exist(guanxi: Guanxi, tmp_path: Path) -> None:
    result = guanxi("run", "--source", f"thelook={tmp_path}/nowhere", "--data-dir", str(tmp_path / "data"))
    refused(result, f"{tmp_path}/nowhere")


def test_a_required_feed_is_missing(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (files / "orders.csv").unlink()
    refused(guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data")), "orders", str(files))


def test_a_required_column_is_missing(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (files / "orders.csv").write_text("order_id,account_id,status,total\no1,a1,paid,10.00\n")
    result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
    refused(result, "ordered_at", "orders.csv")


def test_an_as_of_before_the_first_order(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    result = guanxi("run", "--source", f"sample={files}", "--as-of", "2026-01-31", "--data-dir", str(tmp_path / "data"))
    refused(result, "2026-01-31", "2026-02-01")


def test_an_as_of_that_is_no_date(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    result = guanxi("run", "--source", f"sample={files}", "--as-of", "yesterday", "--data-dir", str(tmp_path / "data"))
    refused(result, "yesterday", "YYYY-MM-DD")


def test_a_data_directory_that_cannot_be_written(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "file" / "data"))
    refused(result, str(tmp_path / "file" / "data"), "--data-dir")


def test_a_sample_is_not_written_over_files(guanxi: Guanxi, files: Path) -> None:
    refused(guanxi("sample", "--out", str(files), "--customers", "10"), str(files))
    assert sorted(path.name for path in files.iterdir()) == ["customers.csv", "orders.csv"]


def test_a_sample_goes_on_only_where_one_is(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    refused(guanxi("sample", "--out", str(files), "--continue-by", "1"), str(files), "holds no generated shop")
    told = ["--seed", "1", "--nightly-files"]
    refused(guanxi("sample", "--out", str(files), "--continue-by", "1", *told), "without --nightly-files, --seed")


def test_a_second_run_in_the_same_data_directory(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with FileLock(tmp_path / "data" / ".lock"):
        result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
    refused(result, "another run is at work", str(tmp_path / "data"))


def test_what_a_user_types_is_printed_as_typed(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    """Square brackets are a style to the library that prints, and no text."""
    home = ["--source", f"sample={files}", "--data-dir", str(tmp_path / "data")]
    refused(guanxi("run", *home, "--as-of", "[/b]"), "[/b]", "YYYY-MM-DD")
    refused(guanxi("run", "--source", f"[red]x[/red]={files}", "--data-dir", str(tmp_path / "data")), "[red]x[/red]")


def test_a_port_that_is_taken(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shop = ["--source", f"sample={files}", "--data-dir", str(tmp_path / "data")]
        refused(guanxi("ui", *shop, "--port", str(port)), f"port {port}", "--port")


def test_the_ui_of_a_directory_that_is_another_shops(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "lake" / "orders" / "thelook").mkdir(parents=True)
    refused(guanxi("ui", "--data-dir", str(tmp_path / "data")), "thelook", "--source")


def test_the_status_of_a_folder_that_is_no_shops(guanxi: Guanxi, tmp_path: Path) -> None:
    refused(guanxi("status", "--data-dir", str(tmp_path)), str(tmp_path), "guanxi run")


@pytest.mark.parametrize("name", ["GUANXI_KEEP_DAYS", "GUANXI_DISCOUNT_RATE", "GUANXI_TIERS__VIP_ABOVE"])
def test_a_setting_that_is_no_number(
    guanxi: Guanxi, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "soon")
    refused(guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data")), name, "soon")


def test_a_lake_that_cannot_be_written(
    guanxi: Guanxi, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "lake").write_text("in the way")
    result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
    refused(result, str(tmp_path / "data" / "lake"))


def test_a_disk_that_is_full_while_files_are_taken(
    guanxi: Guanxi, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipelines.night.preflight as preflight

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "data" / "lake" / "part"))

    monkeypatch.setattr(preflight, "ingest_feed", full)
    result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
    refused(result, "No space left on device", str(tmp_path / "data" / "lake"))


def test_of_two_feeds_that_cannot_be_read_the_first_is_told(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    for feed in ("orders", "customers"):
        (files / f"{feed}.csv").write_text("nothing\n1\n")
    for _ in range(3):
        result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
        refused(result, "customers.csv")


def test_quiet_says_only_what_is_wrong(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (files / "orders.csv").unlink()
    result = guanxi("run", "--quiet", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
    refused(result, "orders")
    assert len(result.output.splitlines()) == 1


def test_programs_are_told_of_bad_input_too(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (files / "orders.csv").unlink()
    result = guanxi("run", "--json", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
    refused(result, "orders")
    told = json.loads(result.output.splitlines()[0])
    assert told["verdict"] == "bad input"
    assert "orders" in told["failures"][0]


def test_orders_of_which_none_can_be_read(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (files / "orders.csv").write_text(HEADER + 'o1,a1,2026-02-01 10:00:00,paid,"1234,56"\n')
    home = ["--source", f"sample={files}", "--data-dir", str(tmp_path / "data")]
    refused(guanxi("run", *home), "no order that can be read", "1 rows of orders.csv are not_a_money total")
    (files / "orders.csv").write_text(HEADER)
    empty = ["--source", f"sample={files}", "--data-dir", str(tmp_path / "empty")]
    refused(guanxi("run", *empty), "no order that can be read", "its files have no rows")


def test_a_file_without_its_header_tells_nobody_what_is_in_it(guanxi: Guanxi, files: Path, tmp_path: Path) -> None:
    (files / "customers.csv").write_text("a1,2026-01-01 10:00:00,planted.name@example.com,+861099000000\n")
    result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
    refused(result, "customers.csv", "looks like values", "header")
    assert "planted.name" not in result.output
    assert "+8610" not in result.output


def test_an_empty_data_directory(guanxi: Guanxi, files: Path) -> None:
    refused(guanxi("run", "--source", f"sample={files}", "--data-dir", ""), "--data-dir is empty")


def test_a_schedule_that_is_no_cron_line(
    guanxi: Guanxi, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUANXI_SCHEDULE", "bogus")
    result = guanxi("ui", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"), "--port", "3999")
    refused(result, "bogus", "0 2 * * *")


def test_a_last_day_that_is_no_date(guanxi: Guanxi, tmp_path: Path) -> None:
    refused(guanxi("sample", "--out", str(tmp_path / "new"), "--until", "2026-02-30"), "--until", "2026-02-30")


def test_the_version_is_told(guanxi: Guanxi) -> None:
    from importlib.metadata import version

    assert guanxi("--version") == Ended(0, f"guanxi {version('guanxi')}\n")
