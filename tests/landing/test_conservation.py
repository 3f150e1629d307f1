"""Whatever the rows of a file look like, each one is loaded, quarantined or dropped as an exact copy."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing.ingest import IngestedFile, ingest_feed
from pipelines.landing.sources import load_source
from tests.landing.shop import quarantined, raw_rows

HEADER = "order_id,ordered_at,status,total,guest_email,guest_phone"

FIELDS = (
    st.sampled_from(["1", "2", "3", "", " ", "\u3000", "编号"]),
    st.sampled_from(["2024-01-05", "2024-01-05T10:00:00Z", "2024/1/5 9:00", "", "never", "2024-02-30"]),
    st.sampled_from(["paid", "shipped", "", "lost", "PAID"]),
    st.sampled_from(["1", "1.00", "1e400", "1,000.5", "-", "", "NaN", "nan", "inf"]),
    st.sampled_from(["a@b.cn", "A@B.CN", "", "null", "a@b"]),
    st.sampled_from(["13800138000", "+8613800138000", "x", ""]),
)
LINES = st.tuples(*FIELDS).map(lambda fields: ",".join(f'"{field}"' for field in fields))
JUNK = st.text(st.characters(codec="utf-8", exclude_characters='\r\n\0"'), min_size=1, max_size=12)
BROKEN_QUOTES = st.text(st.sampled_from('",a\u3000'), min_size=1, max_size=12)


def take(lines: list[str]) -> IngestedFile:
    """Ingests a file of these lines, checks the law against what lies in the lake, and gives the counts."""
    with tempfile.TemporaryDirectory() as folder:
        data, lake = Path(folder) / "data", Path(folder) / "lake"
        data.mkdir()
        (data / "orders.csv").write_bytes("\n".join([HEADER, *lines]).encode())
        [part] = ingest_feed(load_source("sample"), data, "orders", lake)
        assert part.rows_read == part.rows_loaded + part.rows_quarantined + part.duplicates_dropped
        assert part.file_rows == part.rows_read
        assert len(quarantined(lake, "row_number")) == part.rows_quarantined
        assert len(raw_rows(lake, "orders", "order_id")) == part.rows_loaded - part.repeated_keys
        return part


@settings(max_examples=20, deadline=None)
@given(lines=st.lists(LINES | JUNK, max_size=25))
def test_rows_read_are_rows_loaded_quarantined_and_dropped(lines: list[str]) -> None:
    assert take(lines).rows_read == len(lines)


@settings(max_examples=10, deadline=None)
@given(lines=st.lists(LINES | BROKEN_QUOTES, max_size=25))
def test_broken_quotes_cost_no_rows_but_those_they_stand_in(lines: list[str]) -> None:
    assert 0 <= take(lines).rows_read <= len(lines)
    sound = [line for line in lines if line.count('"') == 2 * len(FIELDS)]
    assert take(sound).rows_read == len(sound)
