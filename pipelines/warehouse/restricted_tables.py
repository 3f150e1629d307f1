"""What stands in the restricted file: whose account was whose from night to night, and the contacts of tonight.

When that file is written, and who may read it, is told in `restricted`.
"""

from collections.abc import Mapping
from datetime import date

import duckdb

from pipelines.warehouse.declared import PublishedTable

ACCOUNTS = "intermediate.int_customer_accounts"
CONTACTS = "intermediate.int_customer_contacts"
READ_FROM_BUILD = (ACCOUNTS, CONTACTS)

TABLES = {  # meaning and columns of what is not declared elsewhere
    "night": (
        "One row: which night the contacts are of, and up to which the accounts are known.",
        {
            "as_of_date": ("date", "The business day of the published file that belongs to these contacts."),
            "newest_as_of_date": ("date", "The newest day that was published: valid_to is empty for what held then."),
            "publication_id": ("varchar", "The published night of the same moment, as in ops.publications."),
        },
    ),
    "customer_accounts": (
        "One row per account or guest identity, customer and period in which it belonged to that customer.",
        {
            "customer_id": ("varchar", "The person, as in every published table."),
            "source_name": ("varchar", "Shop system that reported the account."),
            "account_id": ("varchar", "Its number there; guest: and a hash for the contacts given with guest orders."),
            "valid_from": ("date", "As-of date of the first night that knew it so."),
            "valid_to": ("date", "As-of date of the night that no longer did; empty now."),
        },
    ),
}


def write_tables(
    connection: duckdb.DuckDBPyConnection,
    publication_id: str,
    as_of: date,
    known_until: date | None,
    about_contacts: PublishedTable,
) -> None:
    """Fill the attached database `restricted` from `build` and, where there are accounts `known_until`, `earlier`.

    An account's period begins and ends on as-of days. A run of the newest night takes back what an earlier run of it
    said; a night of a day before it adds nothing to the accounts, since of the nights after it more is known.
    """
    newest = max(as_of, known_until or as_of)
    _create(connection, "night")
    connection.execute("insert into restricted.night values (?, ?, ?)", [as_of, newest, publication_id])
    _create(connection, "customer_accounts")
    if known_until and as_of < known_until:
        connection.execute("insert into restricted.customer_accounts by name from earlier.customer_accounts")
    elif known_until:
        _carry_on(connection, as_of)
    if as_of == newest:
        _note_tonight(connection, as_of)
    _copy_contacts(connection, about_contacts)


def _create(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    meaning, columns = TABLES[name]
    definitions = ", ".join(f"{column} {kind}" for column, (kind, _) in columns.items())
    connection.execute(f"create table restricted.{name} ({definitions})")
    _comment(connection, name, meaning, {column: text for column, (_, text) in columns.items()})


def _carry_on(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Take over what the nights before this one knew."""
    connection.execute(
        """
        insert into restricted.customer_accounts by name
        select * replace (case when valid_to < $1 then valid_to end as valid_to)
        from earlier.customer_accounts where valid_from < $1
        """,
        [as_of],
    )


def _note_tonight(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Close the periods that do not hold tonight, and open those that begin."""
    connection.execute(f"""
        create temp table tonight as
        select customer_id, source_name, substr(account_key, length(source_name) + 2) as account_id
        from build.{ACCOUNTS}
    """)
    connection.execute(
        """
        update restricted.customer_accounts as known set valid_to = ?
        where valid_to is null and not exists (
            from tonight where tonight.customer_id = known.customer_id
            and tonight.source_name = known.source_name and tonight.account_id = known.account_id
        )
        """,
        [as_of],
    )
    connection.execute(
        """
        insert into restricted.customer_accounts
        select *, cast(? as date) as valid_from, null as valid_to from (
            from tonight except
            select customer_id, source_name, account_id from restricted.customer_accounts where valid_to is null
        )
        """,
        [as_of],
    )


def _copy_contacts(connection: duckdb.DuckDBPyConnection, declared: PublishedTable) -> None:
    columns = ", ".join(f'"{column.name}"' for column in declared.columns)
    connection.execute(f"create table restricted.customer_contacts as select {columns} from build.{CONTACTS}")
    meanings = {column.name: column.meaning for column in declared.columns}
    _comment(connection, "customer_contacts", declared.meaning, meanings)


def _comment(connection: duckdb.DuckDBPyConnection, table: str, meaning: str, meanings: Mapping[str, str]) -> None:
    connection.execute(f"comment on table restricted.{table} is '{_literal(meaning)}'")
    for column, text in meanings.items():
        connection.execute(f"comment on column restricted.{table}.\"{column}\" is '{_literal(text)}'")


def _literal(text: str) -> str:
    return " ".join(text.split()).replace("'", "''")
