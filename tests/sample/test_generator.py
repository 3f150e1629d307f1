"""The generator as a command: repeatable, all or nothing, and clear about bad arguments."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from pipelines.problems import BadInput
from pipelines.sample.generator import generate


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_shop(tmp_path):
    first = generate(tmp_path / "first", 700, 200, seed=5, customers_a_batch=300)
    again = generate(tmp_path / "again", 700, 200, seed=5, customers_a_batch=300)
    generate(tmp_path / "other", 700, 200, seed=6, customers_a_batch=300)
    assert digests(tmp_path / "first") == digests(tmp_path / "again")
    assert first == again
    ours, theirs = digests(tmp_path / "first"), digests(tmp_path / "other")
    assert ours.keys() == theirs.keys()
    assert not set(ours.values()) & set(theirs.values())


def test_the_files_are_numbered_by_part_and_the_truth_lies_apart(tmp_path):
    generate(tmp_path / "shop", 250, 60, seed=1, customers_a_batch=100)
    in_csv = (*("customers", "orders", "order_items", "tickets", "feedback", "survey_preferences", "consents"),)
    numbered = [f"{feed}-000{part}.csv" for feed in in_csv for part in (1, 2, 3)]
    numbered += [f"{feed}-000{part}.parquet" for feed in ("events", "campaign_messages") for part in (1, 2, 3)]
    truth = [f"truth/{table}.parquet" for table in ("carts", "customers", "orders", "persons")]
    assert sorted(digests(tmp_path / "shop")) == sorted([*numbered, "products.csv", *truth, "truth/truth.json"])


def test_a_part_does_not_depend_on_the_parts_after_it(tmp_path):
    generate(tmp_path / "small", 300, 90, seed=1, customers_a_batch=150)
    generate(tmp_path / "large", 450, 90, seed=1, customers_a_batch=150)
    small, large = digests(tmp_path / "small"), digests(tmp_path / "large")
    landed = [name for name in small if not name.startswith("truth/")]
    assert {name: small[name] for name in landed} == {name: large[name] for name in landed}


def test_the_size_of_the_parts_changes_neither_the_number_of_people_nor_the_goods(tmp_path):
    whole = generate(tmp_path / "whole", 900, 365, seed=1)
    parts = generate(tmp_path / "parts", 900, 365, seed=1, customers_a_batch=70)
    assert whole.counts["persons"] == parts.counts["persons"] == 900
    assert digests(tmp_path / "whole")["products.csv"] == digests(tmp_path / "parts")["products.csv"]
    # Other draws of the same shop: some 1,500 purchases whose number varies by about 4 %.
    assert parts.counts["orders_paid"] == pytest.approx(whole.counts["orders_paid"], rel=0.25)


def test_progress_is_the_number_of_people_done(tmp_path):
    heard: list[int] = []
    generate(tmp_path / "shop", 250, 60, seed=1, on_progress=heard.append, customers_a_batch=100)
    assert heard == [100, 200, 250]


def test_a_shop_of_one_person_can_be_generated(tmp_path):
    for seed in range(6):  # some of them buy, some do not
        truth = generate(tmp_path / str(seed), 1, 30, seed)
        assert truth.counts["persons"] == 1


def test_a_generation_stopped_half_way_leaves_nothing(tmp_path):
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "shop", 250, 60, seed=1, on_progress=stop, customers_a_batch=100)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_generation_left_is_swept_away_by_the_next(tmp_path):
    left = tmp_path / ".shop.unfinished"
    left.mkdir()
    (left / "orders-0001.csv").write_text("half a")
    generate(tmp_path / "shop", 10, 30, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "shop").mkdir()
    generate(tmp_path / "shop", 10, 30, seed=1)
    assert (tmp_path / "shop" / "customers-0001.csv").is_file()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(BadInput, match="not empty"):
        generate(tmp_path, 10, 30, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]
    with pytest.raises(BadInput, match="is a file"):
        generate(tmp_path / "mine.csv", 10, 30, seed=1)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("customers", 0),
        ("customers", 10_000_001),
        ("days", 29),
        ("days", 3_651),
        ("seed", -1),
        ("until", date(1989, 12, 31)),
        ("customers_a_batch", 0),
    ],
)
def test_an_argument_out_of_range_is_refused_in_one_line(tmp_path, argument, value):
    arguments = {"customers": 10, "days": 30, "seed": 1, argument: value}
    with pytest.raises(BadInput, match=argument) as refusal:
        generate(tmp_path / "shop", **arguments)
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []
