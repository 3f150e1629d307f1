"""The landing files of invented shops, and what of them has landed by a day. What a night makes of them: elsewhere."""

import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.sample.continuing import continue_shop
from pipelines.sample.defaults import UNTIL
from pipelines.sample.generator import generate

DAYS = 730
SEED = 42
FIRST_DAY = UNTIL - timedelta(days=DAYS - 1)
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def make_shop(folder: Path, customers: int, nightly_files: bool = False) -> Path:
    """The folder of a shop of so many customers; a shop that lies there already is used again."""
    shop = folder / f"shop-{customers}{'-nightly' if nightly_files else ''}"
    if not shop.exists():
        generate(shop, customers, DAYS, SEED, nightly_files=nightly_files)
    return shop


def described(shop: Path) -> dict[str, Any]:
    """What its files hold, broken and repeated rows included."""
    files = [file for file in shop.iterdir() if file.is_file()]
    truth = json.loads((shop / "truth" / "truth.json").read_text(encoding="utf-8"))
    return {
        "customers": truth["customers"],
        "days": truth["days"],
        "rows": truth["rows"],
        "files": len(files),
        "bytes": sum(file.stat().st_size for file in files),
    }


def land(shop: Path, landing: Path, days: int) -> None:
    """Make `landing` what the shop had exported after so many days; all of its history where files bear no date."""
    until = FIRST_DAY + timedelta(days=days - 1)
    shutil.copytree(shop, landing, ignore=lambda _folder, names: [name for name in names if _is_later(name, until)])


def land_next_day(shop: Path, landing: Path, days: int) -> None:
    """Add the files of the day after so many days, late and corrected rows of earlier days among them."""
    if days == DAYS:
        continue_shop(landing, 1)
        return
    day = FIRST_DAY + timedelta(days=days)
    for file in shop.glob(f"*-{day}.*"):
        shutil.copy(file, landing)


def _is_later(name: str, until: date) -> bool:
    dated = DATED.search(name)
    return dated is not None and date.fromisoformat(dated[0]) > until
