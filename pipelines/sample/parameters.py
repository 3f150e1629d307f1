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
    promotion_seeker: float = 0.15  # of people
    promotion_seeker_coupon: float = 0.45  # of their orders; the others have so many fewer that `coupon` holds overall
    promotion_seeker_marked_down: float = 0.55  # of their lines, likewise
    marked_down_line: float = 0.20
    favourite_line: float = 0.6  # of lines: from the buyer's favourite category
    favourite_device: float = 0.8  # of visits and orders: on the device that the person likes best

    ticket: float = 0.15  # of purchases
    complaint: float = 0.25  # of tickets
    late_reply: float = 0.15  # of tickets: first answered after more than a day
    complaint_drives_away: float = 0.15  # the chance to leave, beside that of BG/NBD; 0 for no effect
    late_reply_drives_away: float = 0.10
    feedback: float = 0.20  # of purchases
    surveyed: float = 0.10  # of people who have an account
    survey_agrees: float = 0.85  # of stated preferences: they are what the person likes best

    grants_email: float = 0.75  # of accounts with an e-mail, when they are opened
    grants_sms: float = 0.20
    grants_push: float = 0.15
    refuses_email: float = 0.06  # of accounts: they say so
    revokes_a_year: float = 0.08  # of what was granted
    campaign_reach: float = 0.03  # of those who may be written to, for each campaign that is meant for everyone
    liked_campaign_reach: float = 0.30  # likewise, of a campaign for those who like its category
    series_a_year: float = 0.4  # months, for each account, in which it gets message after message
    series_messages: float = 10.0  # in such a month
    minds_mail: float = 0.3  # of people
    series_drives_away: float = 0.20  # of those of them who get a series; 0 for no effect

    visits_a_year: float = 3.0  # plain visits while a person is alive
    daily_visitor: float = 0.003
    daily_visitor_factor: float = 60.0
    visits_before_purchase: float = 0.7
    lead_days: float = 4.0
    fade_days: float = 42.0
    anonymous_visit: float = 0.15
    late_log_in: float = 0.2  # of visits with a log-in: only after some looking around
    looks_before_registration: float = 0.4  # anonymous visits, for each account
    cart_of_habit: float = 0.12  # of plain visits: something is put into the cart
    cart_before_purchase: float = 0.5
    cart_emptied: float = 0.08  # of the carts of these visits: what went in is taken out again
    stranger_visit: float = 0.06  # visits of people who never become known, for each visit of a known one

    late: float = 0.01  # of orders and sessions: exported some nights after they happened
    corrected_phone: float = 0.2  # of the accounts that change: it was mistyped before
    moves: float = 0.4  # of the accounts of the opening, in the time that a shop can go on

    exact_duplicate: float = 0.003  # of rows, in every feed but products
    older_version: float = 0.01  # of accounts and of orders: the row was also exported earlier, in an earlier state
    broken_row: float = 0.0001  # of rows, for each kind of damage; at least one a file
