"""What the mailing system promises about its messages, should it deliver any: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business.
"""

from expectations.machinery.rules import sensibly_dated

RULES = [sensibly_dated("messages_are_sensibly_dated", "occurred_at")]
