"""One night of a shop built by one engine, in a data directory of its own. What they made is compared elsewhere."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ENGINES = ("duckdb", "spark")
GUANXI = str(Path(sys.executable).with_name("guanxi"))


@dataclass(frozen=True)
class Shop:
    """Files of a shop, and the day to describe; without files they are invented."""

    name: str
    as_of: str
    files: Path | None = None


def shops(data: Path) -> list[Shop]:
    """The sample, and the real ones among `data`."""
    found = [
        Shop("thelook", "2024-01-16", data / "thelook"),
        Shop("online_retail", "2011-12-09", data / "online_retail"),
    ]
    return [Shop("sample", "2026-06-30"), *(shop for shop in found if shop.files and shop.files.is_dir())]


def build(shop: Shop, engine: str, home: Path, key: Path) -> Path:
    """Run the night, with the secret in `key`, and return the published file. RuntimeError when it fails."""
    home.mkdir(parents=True)
    (home / "customer_key").write_bytes(key.read_bytes())
    source = ["--source", f"{shop.name}={shop.files}"] if shop.files else []
    command = [GUANXI, "run", "--quiet", "--target", engine, "--data-dir", str(home), "--as-of", shop.as_of, *source]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"{shop.name} on {engine} was not published: {ended.stdout}{ended.stderr}")
    return home / "published" / "guanxi.duckdb"
