"""How many of everything there are in a shop, by name: counted in its people and in the truth of orders and carts."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.carts import STATES
from pipelines.sample.people import Population
from pipelines.sample.purchases import MAIL, SERVICE


def count_people(population: Population) -> dict[str, int]:
    """People and accounts."""
    people, accounts, lives = population.people, population.accounts, population.lives
    of_person = np.bincount(accounts.person, minlength=len(people.number))
    counts = {
        "persons": len(people.number),
        "persons_who_bought": lives.has_bought.sum(),
        "persons_alive_at_end": lives.is_alive.sum(),
        "persons_guest_only": people.is_guest_only.sum(),
        "persons_with_several_accounts": (of_person > 1).sum(),
        "persons_with_three_accounts": (of_person == 3).sum(),
        "accounts": len(accounts.person),
        "accounts_with_bad_email": people.has_bad_email.sum(),
        "accounts_with_blocked_contact": people.has_blocked_contact.sum(),
        "accounts_with_shared_phone": people.has_station_phone.sum(),
        "persons_who_seek_promotions": people.is_promotion_seeker.sum(),
        "persons_driven_away_by_service": (~np.isnan(lives.dropout) & (lives.cause == SERVICE)).sum(),
        "persons_driven_away_by_mail": (~np.isnan(lives.dropout) & (lives.cause == MAIL)).sum(),
    }
    return {name: int(count) for name, count in counts.items()}


def count_orders(orders: pa.Table) -> dict[str, int]:
    """Orders, by what became of them; the table is that of `order_owners`."""
    by_status = {name: pc.sum(pc.equal(orders["status"], name)) for name in ("cancelled", "pending", "returned")}
    is_given_back = pc.greater(orders["refunded"].cast(pa.float64()), 0.0)
    counts = {
        "orders": pa.scalar(len(orders)),
        "orders_paid": pc.sum(orders["is_paid"]),
        **{f"orders_{name}": count for name, count in by_status.items()},
        "orders_partly_refunded": pc.sum(pc.and_(is_given_back, pc.not_equal(orders["status"], "returned"))),
        "orders_of_guests": pc.sum(orders["is_guest"]),
        "orders_with_coupon": pc.sum(orders["has_coupon"]),
        "orders_with_ticket": pc.sum(orders["has_ticket"]),
        "orders_with_complaint": pc.sum(orders["has_complaint"]),
        "orders_answered_late": pc.sum(orders["is_answered_late"]),
    }
    return {name: count.as_py() or 0 for name, count in counts.items()}


def count_carts(carts: pa.Table) -> dict[str, int]:
    """Carts of people who are logged in, by what became of them; those rescued are among the abandoned ones."""
    counts = {"carts": pa.scalar(len(carts)), "carts_rescued": pc.sum(carts["is_rescued"])}
    counts |= {f"carts_{state}": pc.sum(pc.equal(carts["state"], state)) for state in STATES}
    return {name: count.as_py() or 0 for name, count in counts.items()}
