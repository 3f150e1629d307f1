"""What the shop promises about consents, should it deliver any: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business.
"""

from expectations.machinery.rules import sensibly_dated

RULES = [sensibly_dated("consents_are_sensibly_dated", "changed_at")]
