"""What a table's declaration promises, as rules. The declaration is the caller's; what says more is in suites/."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from expectations.machinery import rules


@dataclass(frozen=True)
class Structure:
    """What is declared of one table's rows.

    `key`: columns that no two rows share, empty when nothing is promised; `required`: columns without a null; `values`:
    columns whose set is closed; `is_landed`: a row is named by its place in a landed file and not by its key;
    `is_of_the_night`: every row bears the night's as-of date; `place`: columns that tell a person which row it is.
    """

    key: Sequence[str] = ()
    required: Sequence[str] = ()
    values: Mapping[str, Sequence[str]] | None = None
    is_landed: bool = False
    is_of_the_night: bool = False
    place: Sequence[str] = ()


def structural_rules(structure: Structure) -> list[rules.Rule]:
    """A rule for every promise, its claim made of the column's name."""
    found = [rules.not_null(f"every_row_has_{column}", column) for column in structure.required]
    if structure.key:
        one_each = rules.one_raw_row_each if structure.is_landed else rules.one_row_each
        found.append(one_each("every_row_has_a_key_of_its_own", ", ".join(structure.key)))
    for column, values in (structure.values or {}).items():
        found.append(rules.in_set(f"{column}_is_a_known_value", column, list(values)))
    if structure.is_of_the_night:
        found.append(rules.of_tonight("every_row_is_of_the_night", structure.place))
    return found
