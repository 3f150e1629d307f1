"""Bad input gets one clear line and exit code 2, and nothing is published."""

import subprocess
import sys
from pathlib import Path

import pytest

HEADER = "order_id,account_id,ordered_at,status,total\n"
CUSTOMERS = "account_id,registered_at,email\na1,2026-01-01 10:00:00,a1@example.com\n"


def guanxi(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", "from pipelines.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "customers.csv").write_text(CUSTOMERS)
    (folder / "orders.csv").write_text(HEADER + "o1,a1,2026-02-01 10:00:00,paid,10.00\n")
    return folder


def refused(result: subprocess.CompletedProcess, *words: str) -> None:
    output = result.stdout + result.stderr
    assert result.returncode == 2, output
    [line] = [line for line in output.splitlines() if line.startswith("guanxi:")]
    for word in words:
        assert word in line, line
    assert "Traceback" not in output


def test_no_such_source(tmp_path: Path) -> None:
    refused(guanxi("run", "--source", "shopify", "--data-dir", str(tmp_path)), "shopify", "online_retail")


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = guanxi("run", "--source", f"thelook={tmp_path}/empty", "--data-dir", str(tmp_path / "data"))
    refused(result, f"{tmp_path}/empty")


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    result = guanxi("run", "--source", f"thelook={tmp_path}/nowhere", "--data-dir", str(tmp_path / "data"))
    refused(result, f"{tmp_path}/nowhere")


def test_a_required_feed_is_missing(files: Path, tmp_path: Path) -> None:
    (files / "orders.csv").unlink()
    refused(guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data")), "orders", str(files))


def test_a_required_column_is_missing(files: Path, tmp_path: Path) -> None:
    (files / "orders.csv").write_text("order_id,account_id,status,total\no1,a1,paid,10.00\n")
    result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "data"))
    refused(result, "ordered_at", "orders.csv")


def test_an_as_of_before_the_first_order(files: Path, tmp_path: Path) -> None:
    result = guanxi("run", "--source", f"sample={files}", "--as-of", "2026-01-31", "--data-dir", str(tmp_path / "data"))
    refused(result, "2026-01-31", "2026-02-01")


def test_an_as_of_that_is_no_date(files: Path, tmp_path: Path) -> None:
    result = guanxi("run", "--source", f"sample={files}", "--as-of", "yesterday", "--data-dir", str(tmp_path / "data"))
    refused(result, "yesterday", "YYYY-MM-DD")


def test_a_data_directory_that_cannot_be_written(files: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = guanxi("run", "--source", f"sample={files}", "--data-dir", str(tmp_path / "file" / "data"))
    refused(result, str(tmp_path / "file" / "data"), "--data-dir")


def test_a_sample_is_not_written_over_files(files: Path) -> None:
    refused(guanxi("sample", "--out", str(files), "--customers", "10"), str(files))
    assert sorted(path.name for path in files.iterdir()) == ["customers.csv", "orders.csv"]
