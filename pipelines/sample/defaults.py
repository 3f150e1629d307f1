"""Which shop is generated when nobody says otherwise. How it is drawn does not belong here."""

from datetime import date

CUSTOMERS = 4_000
DAYS = 730
SEED = 42
UNTIL = date(2026, 6, 30)
