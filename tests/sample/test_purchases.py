"""Purchases follow BG/NBD and Gamma-Gamma with the stated parameters, but for what drives people away besides.

Seen in the files, against closed forms.
"""

import numpy as np
import pytest
from scipy.special import hyp2f1
from scipy.stats import gamma, kstest

DAYS = 730


def expected_repeats(t: float, r: float, alpha: float, a: float, b: float) -> float:
    """E[X(t)] of BG/NBD, equation 9 of Fader, Hardie & Lee 2005."""
    shrink = (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t))
    return (a + b - 1) / (a - 1) * (1 - shrink)


def service_drives_away(values: dict[str, float]) -> float:
    """The chance that a purchase drives its person away by what the service desk had to do with it."""
    of_ticket = values["complaint"] * values["complaint_drives_away"]
    of_ticket += values["late_reply"] * values["late_reply_drives_away"]
    return values["ticket"] * of_ticket


def mail_drives_away(values: dict[str, float]) -> float:
    """The same of a day's mail, for people who mind it."""
    return values["series_a_year"] / 365 * values["series_drives_away"]


def test_the_closed_form_gives_the_published_numbers():
    cdnow = {3: 0.1506, 32: 1.0437, 78: 1.8576}
    for weeks, published in cdnow.items():
        # The parameters were published with three decimals.
        assert expected_repeats(weeks, 0.243, 4.414, 0.793, 2.426) == pytest.approx(published, rel=2e-3)


@pytest.mark.parametrize("horizon", [60, 180, 365])
def test_repeat_purchases_are_as_many_as_the_model_expects(shop, horizon):
    repeats = np.array(
        shop.column(
            f"""with firsts as (
                select person_id, min(moment) as first_at from sound_orders where is_paid group by person_id
                having first_at < timestamp '2026-07-01' - interval {horizon} day
            )
            select count(*) filter (where moment > first_at and moment <= first_at + interval {horizon} day)
            from firsts join sound_orders using (person_id) where is_paid group by person_id"""
        )
    )
    values = shop.truth.parameters
    people = shop.connection.execute(
        "select purchase_rate, dropout_probability, minds_mail::int as minds_mail from persons"
    ).fetchnumpy()
    service = service_drives_away(values)
    leaves = 1 - (1 - people["dropout_probability"]) * (1 - service)
    ends = people["purchase_rate"] * leaves + people["minds_mail"] * mail_drives_away(values)
    of_each = (1 - service) * people["purchase_rate"] * -np.expm1(-ends * horizon) / ends
    error = repeats.std() / np.sqrt(len(repeats))
    assert error < 0.05 * of_each.mean()  # else the test could not fail
    assert repeats.mean() == pytest.approx(of_each.mean(), abs=4 * error)
    if service == mail_drives_away(values) == 0:
        expected = expected_repeats(horizon, values["r"], values["alpha"], values["a"], values["b"])
        assert repeats.mean() == pytest.approx(expected, abs=4 * error)


def test_rates_and_dropout_chances_have_their_distributions(shop):
    values = shop.truth.parameters
    rates = shop.column("select purchase_rate from persons")
    assert kstest(rates, gamma(values["r"], scale=1 / values["alpha"]).cdf).pvalue > 1e-3
    chances = shop.column("select dropout_probability from persons")
    assert kstest(chances, "beta", (values["a"], values["b"])).pvalue > 1e-3


def test_order_totals_follow_gamma_gamma(shop):
    values = shop.truth.parameters
    spend = np.array(shop.column("select mean_spend from persons"))
    assert kstest(values["p"] / spend, gamma(values["q"], scale=1 / values["v"]).cdf).pvalue > 1e-3
    ratios = shop.column(
        "select total::double / mean_spend * {p} from sound_orders join persons using (person_id) where is_paid".format(
            **values
        )
    )
    # Prices in cents, and no order below 5 CNY: the distance is small but not nought.
    assert kstest(ratios, gamma(values["p"]).cdf).statistic < 0.01


def test_the_mean_order_is_what_gamma_gamma_expects(shop):
    values = shop.truth.parameters
    totals = np.array(shop.column("select avg(total::double) from sound_orders where is_paid group by person_id"))
    expected = values["p"] * values["v"] / (values["q"] - 1)
    assert totals.mean() == pytest.approx(expected, rel=0.06)


def test_spend_and_frequency_are_independent(shop):
    pairs = shop.connection.execute("select mean_spend, purchases from persons where purchases > 0").fetchnumpy()
    assert abs(np.corrcoef(np.log(pairs["mean_spend"]), pairs["purchases"])[0, 1]) < 0.04


def test_nobody_buys_after_dropping_out_and_the_dropout_is_a_purchase(shop):
    late = """select count(*) from sound_orders join persons using (person_id)
        where is_paid and moment > dropout_at"""
    assert shop.value(late) == 0
    dropped = shop.value("select count(*) from persons where dropout_at is not null")
    last = """select count(*) from (select person_id, max(moment) as last_at from sound_orders where is_paid
        group by person_id) join persons using (person_id)
        where last_at = dropout_at or last_at < dropout_at and left_because = 'mail'"""
    assert shop.value(last) == dropped > 0
    assert shop.value("select count(*) from persons where alive_at_end and dropout_at is not null") == 0


def test_the_truth_counts_the_purchases_of_each_person(shop):
    astray = """select count(*) from persons left join (
            select person_id, count(*) as n, min(moment) as first_at from sound_orders where is_paid group by person_id
        ) using (person_id)
        where purchases <> coalesce(n, 0) or first_purchase_at is distinct from first_at"""
    assert shop.value(astray) == 0


@pytest.mark.parametrize("minds_mail", [False, True])
def test_expected_purchases_are_those_of_the_persons_own_rates(shop, minds_mail):
    values = shop.truth.parameters
    drawn = shop.connection.execute(
        f"""select purchase_rate, dropout_probability, expected_purchases_90d from persons
        where alive_at_end and purchase_rate > 0.05 and minds_mail = {minds_mail} limit 3"""
    ).fetchall()
    rng = np.random.default_rng(1)
    for rate, chance, expected in drawn:
        tired = minds_mail * mail_drives_away(values)
        stays = np.minimum(90, rng.exponential(1 / tired, 40_000) if tired else 90)
        leaves = 1 - (1 - chance) * (1 - service_drives_away(values))
        simulated = np.minimum(rng.poisson(rate * stays, 40_000), rng.geometric(leaves, 40_000))
        assert simulated.mean() == pytest.approx(expected, rel=0.03)
    assert shop.value("select max(expected_purchases_365d) from persons where dropout_at is not null") == 0


def test_most_people_buy_at_once_and_some_never(shop):
    never = shop.value("select avg((first_purchase_at is null)::int) from persons where registered_at < '2026-01-01'")
    assert never == pytest.approx(shop.truth.parameters["never_buys"], abs=0.02)
    at_once = "first_purchase_at - registered_at < interval 2 hour"
    share = shop.value(f"select avg(({at_once})::int) from persons where first_purchase_at is not null")
    assert share == pytest.approx(shop.truth.parameters["buys_at_registration"], abs=0.04)


def test_registrations_grow_over_the_window(shop):
    halves = "select count(*) from persons where registered_at {} timestamp '2025-07-01'"
    before, after = (shop.value(halves.format(sign)) for sign in ("<", ">="))
    assert after / before == pytest.approx(1.75 / 1.25, rel=0.1)
