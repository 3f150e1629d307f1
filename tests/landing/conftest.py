"""Fixtures of the landing tests: empty folders, the sample source, and sources made for one test."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing.sources import Source, load_source


@pytest.fixture
def sample() -> Source:
    return load_source("sample")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def make_source(tmp_path: Path) -> Callable[..., Source]:
    """A source whose feeds orders and customers read orders.csv and customers.csv, with what the test changes."""

    def make(selects: dict[str, str] | None = None, **settings: Any) -> Source:
        folder = tmp_path / "own_source"
        folder.mkdir(exist_ok=True)
        texts = {"customers": "select * from customers", "orders": "select * from orders"} | (selects or {})
        for name, text in texts.items():
            (folder / f"{name}.sql").write_text(text, "utf-8")
        feeds = {"customers": {"reads": ["customers"]}, "orders": {"reads": ["orders"]}}
        described = {
            "name": "own",
            "title": {"en": "A shop", "zh": "店铺"},
            "time_zone": "UTC",
            "currency": "EUR",
            "country": "DE",
            "files": {"customers": "customers*", "orders": "orders*"},
        }
        described |= {"feeds": feeds | settings.pop("feeds", {})} | settings
        (folder / "source.yml").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
        return load_source(str(folder))

    return make
