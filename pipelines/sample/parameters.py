"""What the invented shop is made of: every rate and share, with its unit. Numbers only; nothing is drawn here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """Rates of the sample shop. Times are days, money is CNY, shares are 0 to 1.

    `r`, `alpha`, `a`, `b` are those of BG/NBD (Fader, Hardie & Lee 2005), `p`, `q`, `v` those of Gamma-Gamma (Fader &
    Hardie 2013). With them about 5 % of a year's buyers spend more than 5000 CNY and bring about 40 % of the sales.
    """

    r: float = 0.35
    alpha: float = 30.0
    a: float = 0.6
    b: float = 3.0
    p: float = 4.0
    q: float = 2.4
    v: float = 190.0

    registration_growth: float = (
        1.0  # registrations a day at the end of the window: (1 + growth) times those at its start
    )
    never_buys: float = 0.12
    buys_at_registration: float = 0.70
    first_purchase_delay_days: float = 20.0

    guest_only: float = 0.02  # of buyers: they never register
    guest_order: float = 0.03  # of the purchases of people who have an account
    several_accounts: float = 0.04  # of people
    no_email: float = 0.06
    no_phone: float = 0.10
    bad_email: float = 0.02
    blocked_contact: float = 0.005

    cancelled_attempt: float = 0.04  # unpaid extra orders, for each purchase
    pending_attempt: float = 0.01
    returned: float = 0.03  # of purchases old enough to have been delivered
    partly_refunded: float = 0.03
    coupon: float = 0.15
    cross_border: float = 0.06
    cross_border_tax: float = 0.091
    marked_down_line: float = 0.20

    visits_a_year: float = 3.0  # plain visits while a person is alive
    daily_visitor: float = 0.003
    daily_visitor_factor: float = 60.0
    visits_before_purchase: float = 0.7
    lead_days: float = 4.0
    fade_days: float = 42.0
    anonymous_visit: float = 0.15
    stranger_visit: float = 0.06  # visits of people who never become known, for each visit of a known one

    late: float = 0.01  # of orders and sessions: exported some nights after they happened
    corrected_phone: float = 0.2  # of the accounts that change: it was mistyped before
    moves: float = 0.4  # of the accounts of the opening, in the time that a shop can go on

    exact_duplicate: float = 0.003  # of rows, in every feed but products
    older_version: float = 0.01  # of accounts and of orders: the row was also exported earlier, in an earlier state
    broken_row: float = 0.0001  # of rows, for each kind of damage; at least one a file
