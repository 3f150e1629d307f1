"""The log of who came to another customer, and why. Who is one customer, dbt decides (models/identity)."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

LOG = "ops.identity_merges"
# An account without a line is what it is alone, so that the lines tell where every account led on any night.
CHANGES = f"""
    with earlier as (
        select own_customer_id, max_by(customer_id, happened_on) as customer_id
        from {LOG} where happened_on < $tonight group by own_customer_id
    ), last_night as (
        select max(as_of_date) as day from ops.publications where as_of_date < $tonight
    ), kept_apart as (
        select account_key from intermediate.int_identity_overrides where decision = 'keep_apart'
        union
        select other_account_key from intermediate.int_identity_overrides where decision = 'keep_apart'
    ), accounts as (
        select
            tonight.*,
            coalesce(earlier.customer_id, tonight.own_customer_id) as previous_customer_id,
            coalesce(tonight.known_on <= last_night.day, false) as is_known,
            earlier.customer_id is not null as is_moved,
            tonight.account_key in (select account_key from kept_apart) as is_kept_apart
        from intermediate.int_customer_accounts as tonight
        left join earlier using (own_customer_id)
        cross join last_night
    )
    insert into {LOG} by name
    select
        $tonight as happened_on,
        own_customer_id,
        case
            when customer_id = own_customer_id then 'split'
            when previous_customer_id <> own_customer_id then 'moved'
            when is_known then 'merged'
            else 'joined'
        end as change,
        case when is_known or is_moved then previous_customer_id end as previous_customer_id,
        customer_id,
        case when linked_by = 'nothing' and is_kept_apart then 'keep_apart' else linked_by end as linked_by,
        linked_by_identifier
    from accounts
    where customer_id <> previous_customer_id
    order by all
"""


def log_identity_merges(connection: "duckdb.DuckDBPyConnection", tonight: date) -> None:
    """Adds tonight's lines to ops.identity_merges, in place of what a night that was not published had noted.

    Lines of nights after `tonight`, which is then built again, stay as they are.
    """
    connection.execute(
        f"delete from {LOG} where happened_on = $tonight"
        " or happened_on not in (select as_of_date from ops.publications)",
        {"tonight": tonight},
    )
    connection.execute(CHANGES, {"tonight": tonight})
