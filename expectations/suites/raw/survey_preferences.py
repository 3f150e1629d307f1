"""What the shop promises about stated preferences, should it deliver any: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business.
"""

from expectations.machinery.rules import sensibly_dated

RULES = [sensibly_dated("stated_preferences_are_sensibly_dated", "asked_at")]
