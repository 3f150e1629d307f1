"""What can be wrong with what the user gave us: only what the user can mend belongs here, no defects of ours."""


class BadInput(Exception):
    """The user's input cannot be used; the message is one line: what, where, and how to mend it. Exit code 2."""
