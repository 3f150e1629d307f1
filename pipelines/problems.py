"""What can be wrong, and what may be told of it. A value may be personal: what an engine says of one stays untold.

Only what the user can mend is bad input, no defects of ours.
"""

import re

# How engines begin when they complain of a value, and not of a name in a query.
OF_A_VALUE = re.compile(
    r"(conversion|constraint|invalid input|out of range|csv) error|could not convert|cast_invalid", re.IGNORECASE
)
VALUE_FOLLOWS = re.compile(r"['\"`]|\bvalue\b|\boriginal line\b|\d{5,}", re.IGNORECASE)
WITHHELD = "(value withheld)"


class BadInput(Exception):
    """The user's input cannot be used; the message is one line: what, where, and how to mend it. Exit code 2."""


def without_values(message: str) -> str:
    """What an engine says of a value that it cannot use, without the value; any other message as it is.

    A value may have lines of its own, so it is over where an empty line is.
    """
    if not OF_A_VALUE.search(message):
        return message
    told, is_withheld = [], False
    for line in message.split("\n"):
        complaint = OF_A_VALUE.search(line)
        if complaint:
            value = VALUE_FOLLOWS.search(line, complaint.end())
            told.append(f"{line[: value.start()]}{WITHHELD}" if value else line)
        elif not (is_withheld and line.strip()):
            told.append(line)
        is_withheld = bool(complaint or (is_withheld and line.strip()))
    return "\n".join(told)
