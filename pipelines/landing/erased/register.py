"""The register of erased identifiers, as keyed hashes only. Whose they were, and what was done, is not known here.

A hash is SHA-256 of the key and of the SHA-256 of key, kind and value: nested as in HMAC, so that SQL and Python work
it out alike and nobody can try names without the key. The key is derived from the data directory's customer_key.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.landing.sql import literal

if TYPE_CHECKING:
    import duckdb

# What the register knows of: a value of each kind is what it is compared as.
KINDS = ("account", "email", "phone", "order", "device", "customer", "request")
HASHES_TABLE, KEY_TABLE = "erased_hashes", "erased_key"


@dataclass(frozen=True)
class Register:
    """The keyed hashes of erased identifiers by kind. An empty one costs nothing wherever it is asked."""

    key: str = field(default="", repr=False)
    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return any(self.hashes.values())

    def hash(self, kind: str, value: str) -> str:
        """The keyed hash of one value."""
        return _digest(self.key + _digest(f"{self.key}{kind}:{value}"))

    def holds(self, kind: str, value: str) -> bool:
        """Whether this value was erased."""
        return self.hash(kind, value) in self.hashes.get(kind, ())

    def with_hashes(self, more: Mapping[str, Iterable[str]]) -> "Register":
        """The register with these as well."""
        kinds = [*self.hashes, *(kind for kind in more if kind not in self.hashes)]
        return Register(
            self.key, {kind: self.hashes.get(kind, frozenset()) | set(more.get(kind, ())) for kind in kinds}
        )

    def with_values(self, more: Mapping[str, Iterable[str]]) -> "Register":
        """The register with these values as well, hashed."""
        return self.with_hashes({kind: {self.hash(kind, value) for value in values} for kind, values in more.items()})

    def open_on(self, connection: "duckdb.DuckDBPyConnection") -> None:
        """Puts hashes and key where `is_erased` finds them: as data, so that neither is ever part of a statement."""
        import pyarrow as pa

        pairs = [(kind, one) for kind, held in self.hashes.items() for one in held]
        table = pa.table({"kind": [kind for kind, _ in pairs], "hash": [one for _, one in pairs]})
        table = table.cast(pa.schema([("kind", pa.string()), ("hash", pa.string())]))
        connection.register("erased_given", table)
        connection.execute(f"create or replace temp table {HASHES_TABLE} as select * from erased_given")
        connection.unregister("erased_given")
        connection.execute(f"create or replace temp table {KEY_TABLE} as select cast(? as varchar) as key", [self.key])


NOBODY = Register()


def register_key(customer_key: str) -> str:
    """The register's own key: a leak of one kind of hash must not help against the other."""
    return hashlib.blake2b(b"register of the erased", key=customer_key.encode()[:64], digest_size=16).hexdigest()


def keyed(kind: str, value: str) -> str:
    """SQL of `Register.hash` of a value given as SQL."""
    key = f"(select key from {KEY_TABLE})"
    return f"sha256({key} || sha256({key} || {literal(kind + ':')} || {value}))"


def is_erased(kind: str, value: str, relation: str) -> str:
    """SQL that is true where `value`, SQL over `relation`, was erased; never null. Each value is hashed once."""
    known = f"select hash from {HASHES_TABLE} where kind = {literal(kind)}"
    found = f"select value from (select distinct {value} as value from {relation}) where {keyed(kind, 'value')}"
    return f"coalesce({value} in ({found} in ({known})), false)"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
