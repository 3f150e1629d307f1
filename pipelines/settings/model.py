"""Every setting of a shop, with its type, its bounds, its meaning and its one default. Who sets it is reading's matter.

A group is a block of `shop.yml`: `tiers: {vip_above: 8000}` sets `tiers.vip_above`. `dbt` is the variable by which SQL
asks for it: `var('vip_above')`.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from pipelines.settings.values import cron_line, day_of, memory_of, no_truth_value, quarter_of, sources_of

Day = Annotated[date, BeforeValidator(day_of)]
RISING = (
    ("tiers.senior_from", "tiers.vip_above", "tiers.platinum_above", "tiers.diamond_above"),
    ("tiers.senior_quantile", "tiers.vip_quantile", "tiers.platinum_quantile", "tiers.diamond_quantile"),
    ("rfm.recent_days", "rfm.lapsing_days"),
    ("lifecycle.declining_spreads", "lifecycle.lost_spreads"),
    ("lifecycle.declining_quantile", "lifecycle.lost_quantile"),
    ("lifecycle.declining_days", "lifecycle.lost_days"),
    ("churn.medium_from", "churn.high_from"),
    ("preferences.morning_from", "preferences.afternoon_from", "preferences.evening_from", "preferences.night_from"),
    ("churn.horizon_days", "value.holdout_days"),
    ("training.drift_warn", "training.drift_block"),
    ("training.bias_warn", "training.bias_block"),
)


def setting(default: Any, meaning: str, dbt: str | None = None, **bounds: Any) -> Any:
    """A field of a group or of the whole."""
    return Field(default, description=meaning, json_schema_extra={"dbt": dbt} if dbt else None, **bounds)


def money(default: int, meaning: str, dbt: str) -> Any:
    """A sum in the shop's currency."""
    return setting(Decimal(default), meaning, dbt, ge=0, le=10**9)


def limit(held: str, default: int) -> Any:
    """How many accounts may hold one identifier of a type."""
    name = f"max_accounts_per_{held.split()[-1].replace('e-mail', 'email')}"
    return setting(default, f"{held} that more accounts share links nobody", name, ge=1, le=1000)


class Group(BaseModel):
    """Settings that belong together."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    _is_no_truth_value = field_validator("*", mode="before")(no_truth_value)


class Identity(Group):
    """Who is one customer."""

    max_accounts_per_email: int = limit("an e-mail", 5)
    max_accounts_per_phone: int = limit("a mobile phone", 5)
    max_accounts_per_landline: int = limit("a landline", 20)
    max_accounts_per_device: int = limit("a browser or device", 5)
    rounds: int = setting(
        12,
        "how often accounts are linked on for each type of identifier; a test stops the night when it is too few",
        "identity_rounds",
        ge=1,
        le=50,
    )


class Tiers(Group):
    """Value tiers, by net sales of the trailing 12 months."""

    senior_from: Decimal = money(1_000, "net sales of 12 months at which senior begins", "senior_from")
    vip_above: Decimal = money(5_000, "net sales of 12 months above which a customer is VIP (gold)", "vip_above")
    platinum_above: Decimal = money(10_000, "net sales of 12 months above which a VIP is platinum", "platinum_above")
    diamond_above: Decimal = money(20_000, "net sales of 12 months above which a VIP is diamond", "diamond_above")
    method: Literal["fixed", "quantile"] = setting(
        "fixed", "these sums, or those that shares of the buyers had at the end of the month before", "tiers_method"
    )
    senior_quantile: float = setting(
        0.6, "quantile: senior from the sum that this share of the buyers has at most", "senior_quantile", gt=0, le=1
    )
    vip_quantile: float = setting(
        0.95, "quantile: VIP above the sum that this share has at most", "vip_quantile", gt=0, le=1
    )
    platinum_quantile: float = setting(
        0.98, "quantile: platinum above the sum that this share has at most", "platinum_quantile", gt=0, le=1
    )
    diamond_quantile: float = setting(
        0.995, "quantile: diamond above the sum that this share has at most", "diamond_quantile", gt=0, le=1
    )
    quantile_buyers: int = setting(
        30,
        "customers with positive net sales of 12 months that quantiles want; with fewer the sums hold",
        "quantile_buyers",
        ge=1,
        le=1_000_000,
    )


class Activity(Group):
    """Who visits and who is away, by log-ins, purchases and other interactions."""

    high_frequency_logins: int = setting(
        10, "more log-ins than this within login_days are of high frequency", "high_frequency_logins", ge=1, le=1000
    )
    login_days: int = setting(30, "days over which these log-ins are counted", "login_days", ge=1, le=365)
    purchase_days: int = setting(
        365, "active is somebody with a purchase in the last so many days", "active_purchase_days", ge=1, le=3650
    )
    interaction_days: int = setting(
        90, "and an interaction in the last so many; without that purchase potential", "interaction_days", ge=1, le=3650
    )
    dormant_days: int = setting(
        182, "without one dormant after so many days without a log-in, silent before", "dormant_days", ge=1, le=3650
    )


class Lifecycle(Group):
    """New, growing, mature, declining, lost: by the rhythm of purchase days, the customer's own or the shop's."""

    own_gaps: int = setting(
        3, "gaps between purchase days from which on a customer's own rhythm counts", "lifecycle_own_gaps", ge=2, le=100
    )
    declining_spreads: float = setting(
        1.0,
        "declining after the median of the own gaps and so many of their standard deviations",
        "lifecycle_declining_spreads",
        ge=0,
        le=10,
    )
    lost_spreads: float = setting(
        3.0, "and lost after so many; twice the days until declining at least", "lifecycle_lost_spreads", ge=0, le=10
    )
    least_days: int = setting(
        14, "by the own rhythm declining after so many days at least", "lifecycle_least_days", ge=1, le=365
    )
    declining_quantile: float = setting(
        0.80,
        "with fewer own gaps declining after the days within which this share of the shop's gaps ended",
        "lifecycle_declining_quantile",
        gt=0,
        le=1,
    )
    lost_quantile: float = setting(
        0.95, "and lost after those within which this share ended", "lifecycle_lost_quantile", gt=0, le=1
    )
    least_gaps: int = setting(
        30, "gaps of the shop that shares are taken of at least", "lifecycle_least_gaps", ge=1, le=100_000
    )
    declining_days: int = setting(
        90, "with fewer gaps of the shop declining after so many days", "lifecycle_declining_days", ge=1, le=3650
    )
    lost_days: int = setting(365, "and lost after so many", "lifecycle_lost_days", ge=1, le=3650)
    mature_orders: int = setting(
        4, "mature is somebody with purchases on so many days", "lifecycle_mature_orders", ge=2, le=1000
    )
    mature_days: int = setting(
        180,
        "the first of them so many days ago, and neither declining nor lost",
        "lifecycle_mature_days",
        ge=0,
        le=3650,
    )


class Rfm(Group):
    """Recency, frequency, monetary value, in three levels."""

    recent_days: int = setting(180, "the last order is recent up to so many days", "rfm_recent_days", ge=1, le=3650)
    lapsing_days: int = setting(365, "and lapsing up to so many, lapsed after", "rfm_lapsing_days", ge=1, le=3650)


class Churn(Group):
    """Who is about to leave."""

    horizon_days: int = setting(
        90, "no purchase in so many days counts as having left", "churn_horizon_days", ge=7, le=364
    )
    eligibility_days: int = setting(
        365, "a customer is somebody with a purchase in the last so many days", "churn_eligibility_days", ge=30, le=3650
    )
    medium_from: float = setting(0.4, "probability at which the band medium begins; below most come back", ge=0, le=1)
    high_from: float = setting(0.7, "probability at which the band high begins: worth a costly offer", ge=0, le=1)
    margin: Decimal = setting(
        Decimal(0),
        "what is earned by somebody who is kept; with it a band whose cost is named below begins where that pays",
        ge=0,
        le=10**9,
    )
    offer_cost: Decimal = setting(Decimal(0), "what the offer to a customer of the band high costs", ge=0, le=10**9)
    offer_save_rate: float = setting(0.1, "share of those about to leave who stay for it", gt=0, le=1)
    reminder_cost: Decimal = setting(Decimal(0), "what reminding one of the band medium costs", ge=0, le=10**9)
    reminder_save_rate: float = setting(0.02, "share of those about to leave who stay for it", gt=0, le=1)
    search_fits: int = setting(3, "ways of growing trees that are tried on a past window; 1 tries none", ge=1, le=100)

    @property
    def bands_from(self) -> tuple[float, float]:
        """The probabilities at which the bands medium and high begin.

        With a margin m a band whose cost is named begins where it pays: what costs c and keeps the share s of those
        about to leave is worth p * s * m - c, of somebody who leaves with probability p.
        """

        def pays_from(cost: Decimal, save_rate: float, otherwise: float) -> float:
            return float(cost / self.margin) / save_rate if self.margin and cost else otherwise

        return (
            pays_from(self.reminder_cost, self.reminder_save_rate, self.medium_from),
            pays_from(self.offer_cost, self.offer_save_rate, self.high_from),
        )


class Features(Group):
    """Past dates at which customers are described, so that models learn from what followed."""

    step_days: int = setting(30, "days between two past dates", "feature_step_days", ge=1, le=365)
    past_dates: int = setting(13, "how many past dates", "feature_past_dates", ge=1, le=60)
    past_customers: int = setting(
        50_000,
        "customers described at past dates, an even sample where there are more",
        "feature_past_customers",
        ge=1_000,
    )
    history_days: int = setting(30, "history that a past date needs before it", "feature_history_days", ge=1, le=3650)
    gap_days: int = setting(
        365, "a few orders so long before all others are no history", "history_gap_days", ge=30, le=3650
    )
    half_life_days: int = setting(90, "an order this old counts half", "feature_half_life_days", ge=1, le=3650)


class Training(Group):
    """When scores learn."""

    every_days: int = setting(
        30, "days that a model scores before it is learned anew; 1: learned every night", ge=1, le=365
    )
    tolerance: float = setting(
        0.05, "a new model whose skill is further below the champion's than this stays challenger", ge=0, le=1
    )
    drift_warn: float = setting(0.1, "population stability index of a feature at which it has moved", gt=0, le=10)
    drift_block: float = setting(0.25, "and at which it counts towards learning anew", gt=0, le=10)
    drift_share: float = setting(
        0.25, "share of the features that cross it after learning at which learning is due", gt=0, le=1
    )
    bias_warn: float = setting(
        0.15, "how far the sum of forecasts was off what came, relative to it, for a warning", gt=0, le=10
    )
    bias_block: float = setting(0.3, "and for learning to be due", gt=0, le=10)


class Programmes(Group):
    """Customers who joined before a programme, compared with those who joined after."""

    compare_days: int = setting(
        180, "days of joining that are compared before and after it began", "programme_compare_days", ge=7, le=730
    )


class Sessions(Group):
    """What one visit is."""

    gap_minutes: int = setting(
        30, "a longer pause ends a visit; and an order so soon after it is of it", "session_gap_minutes", ge=1, le=720
    )


class Carts(Group):
    """What one cart is."""

    abandoned_hours: int = setting(
        24, "a cart is abandoned when nothing is done with it for longer", "cart_abandoned_hours", ge=1, le=720
    )
    rescue_days: int = setting(
        3, "an order within so many days after that has rescued it", "cart_rescue_days", ge=1, le=90
    )


class Search(Group):
    """What people search for."""

    least_visitors: int = setting(
        3, "a term that fewer visitors search for in a month is not shown", "search_least_visitors", ge=1, le=1000
    )


class Preferences(Group):
    """What customers prefer, from what they do."""

    prior_orders: int = setting(
        5, "own evidence is held against so much of what is usual in the shop", "preference_prior", ge=1, le=1000
    )
    least_evidence: int = setting(
        2,
        "orders, visits or tickets that speak for a value before customer_360 and customer_profile tell it",
        "least_evidence",
        ge=1,
        le=100,
    )
    promotion_orders: int = setting(
        3, "purchases from which it is said how somebody stands to promotions", "promotion_orders", ge=1, le=100
    )
    promotion_margin: float = setting(
        0.2,
        "a seeker's share of spend on promotion, shrunk, is so much above what was on offer, an avoider's below it",
        "promotion_margin",
        gt=0,
        le=1,
    )
    seeker_orders: int = setting(2, "purchases on promotion that a seeker has at least", "seeker_orders", ge=1, le=100)
    morning_from: int = setting(
        6, "hour in the shop's time zone at which the morning begins", "morning_from", ge=1, le=23
    )
    afternoon_from: int = setting(12, "hour at which the afternoon begins", "afternoon_from", ge=1, le=23)
    evening_from: int = setting(18, "hour at which the evening begins", "evening_from", ge=1, le=23)
    night_from: int = setting(23, "hour at which the night begins", "night_from", ge=1, le=23)
    viewed_days: int = setting(
        30, "days before a purchase in which views of the product belong to it", "preference_viewed_days", ge=1, le=365
    )
    rational_views: int = setting(
        3, "who looked at the product at least so often before buying it is rational", "rational_views", ge=2, le=100
    )
    rational_days: int = setting(1, "or first looked at it at least so many days before", "rational_days", ge=1, le=365)


class Value(Group):
    """What a customer will bring."""

    holdout_days: int = setting(
        181, "the window that forecasts of value are measured on", "value_holdout_days", ge=30, le=730
    )
    past_dates: int = setting(
        7, "dates to learn value from, a third of that window apart", "value_past_dates", ge=1, le=60
    )


class Campaigns(Group):
    """What messages to customers bring about."""

    attribution_days: int = setting(
        7,
        "a purchase up to so many days after a message last touched the customer is attributed to it",
        "campaign_attribution_days",
        ge=1,
        le=90,
    )


class Profile(Group):
    """What is known of a customer's contacts, and for how long."""

    confirm_days: int = setting(
        365, "days after which contacts that nothing has confirmed are due again", "profile_confirm_days", ge=1, le=3650
    )


class Settings(BaseSettings):
    """All of them, in force: every value is valid and fits the others."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", validate_default=False, env_nested_delimiter="__", env_ignore_empty=True
    )
    _is_no_truth_value = field_validator("*", mode="before")(no_truth_value)

    sources: Annotated[dict[str, str], NoDecode, BeforeValidator(sources_of)] = setting(
        {},
        "folder of files by source, a built-in one or a folder of SQL; empty: landing/<source> of the data directory",
    )
    time_zone: str | None = setting(None, "zone in which business days begin and end; told by the source's source.yml")
    currency: str | None = setting(None, "code of all money; told by the source's source.yml")
    as_of: Day | None = setting(None, "a fixed business day; empty: the last one that the orders reach")
    schedule: Annotated[str, BeforeValidator(cron_line)] = setting(
        "0 2 * * *", "cron line of the schedule in the UI, in the shop's time zone"
    )
    keep_days: int = setting(
        30,
        "days that runs and logs are kept, and a published night, of which three at most; what readers see always",
        ge=1,
        le=36_500,
    )
    published_for: Literal["owner", "group", "everybody"] = setting(
        "owner", "who may read what is published: the owner of the data directory, its group too, or everybody"
    )
    target: Literal["duckdb", "spark"] = setting(
        "duckdb", "engine that builds the tables: duckdb, on this machine, or spark, on as many as there are"
    )
    memory_limit: Annotated[str, BeforeValidator(memory_of)] = setting(
        "4GB", "memory that DuckDB may use; what does not fit it puts on disk", "memory_limit"
    )
    discount_rate: float = setting(
        0.0, "a year's interest at which expected money is discounted: 0.1 for 10 %, 0 for none", ge=0, lt=1
    )
    identity: Identity = Identity()
    tiers: Tiers = Tiers()
    activity: Activity = Activity()
    lifecycle: Lifecycle = Lifecycle()
    rfm: Rfm = Rfm()
    churn: Churn = Churn()
    features: Features = Features()
    value: Value = Value()
    training: Training = Training()
    programmes: Programmes = Programmes()
    campaigns: Campaigns = Campaigns()
    sessions: Sessions = Sessions()
    carts: Carts = Carts()
    search: Search = Search()
    preferences: Preferences = Preferences()
    profile: Profile = Profile()

    @model_validator(mode="after")
    def _fit_each_other(self) -> "Settings":
        for names in RISING:
            for lower, upper in pairwise(names):
                low, high = attrgetter(lower)(self), attrgetter(upper)(self)
                if low > high:
                    text = "{lower} {low} lies above {upper} {high}: they rise in the order {names}"
                    told = {"lower": lower, "low": str(low), "upper": upper, "high": str(high)}
                    raise PydanticCustomError("not_rising", text, {**told, "names": ", ".join(names)})
        medium, high = self.churn.bands_from
        if medium > high or high > 1:
            text = (
                "the band medium would begin at {medium} and high at {high}, where a cost pays by cost / "
                "(margin * save rate), and they must rise and not exceed 1: see churn.reminder_cost, churn.offer_cost"
            )
            told = {"medium": f"{medium:.2f}", "high": f"{high:.2f}", "setting": "churn.margin"}
            raise PydanticCustomError("never_pays", text, told)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, and nothing else: `reading.py` gathers it, and so knows whence each value is."""
        return (init_settings,)

    @property
    def ingestion_memory(self) -> str:
        """What DuckDB may use while a file is taken: Python reads beside it, and files are small beside tables."""
        return quarter_of(self.memory_limit)

    def dbt_variables(self) -> dict[str, int | float | str]:
        """What dbt's models and its profile ask for."""
        named = {dbt_name(field): attrgetter(key)(self) for key, field in fields()}
        return {name: _plain(value) for name, value in named.items() if name}


def _plain(value: Any) -> int | float | str:
    if isinstance(value, str):
        return value
    return int(value) if value == int(value) else float(value)


def groups() -> dict[str, type[Group]]:
    """The groups by name."""
    kinds = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, Group)}


def fields() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its key: `keep_days`, `tiers.vip_above`."""
    for name, field in Settings.model_fields.items():
        if group := groups().get(name):
            yield from ((f"{name}.{inner}", one) for inner, one in group.model_fields.items())
        else:
            yield name, field


def dbt_name(field: FieldInfo) -> str | None:
    """The dbt variable of a setting, when SQL asks for it."""
    extra = field.json_schema_extra
    return str(extra["dbt"]) if isinstance(extra, dict) else None
