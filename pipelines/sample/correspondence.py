"""What people and the shop say to each other, by feed. The streams are named here; what is said is drawn elsewhere."""

from pipelines.sample.batch import Batch
from pipelines.sample.campaigns import draw_messages
from pipelines.sample.cases import Cases
from pipelines.sample.consents import Consents, consent_changes, draw_consents
from pipelines.sample.feedback import draw_feedback
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.people import Population
from pipelines.sample.reactions import message_events
from pipelines.sample.sales import Sales
from pipelines.sample.streams import Subject, stream
from pipelines.sample.surveys import stated_preferences
from pipelines.sample.tickets import draw_tickets


def of_opening(seed: int, batch: Batch, opening: InventedShop) -> dict[str, Cases]:
    """All that is said in a batch of the opening, by feed."""
    consents, said = of_accounts(seed, batch.number, batch.population, opening)
    accounts, days = len(batch.population.accounts.person), range(opening.window.days)
    return {
        **of_orders(seed, batch.number, batch.sales, opening),
        **said,
        "campaign_messages": messages(seed, batch.number, days, batch.population, consents, accounts, opening),
    }


def of_orders(seed: int, number: int, sales: Sales, invented: InventedShop) -> dict[str, Cases]:
    """What is said about the orders of the batch or day of this number."""
    return {
        "tickets": draw_tickets(stream(seed, Subject.TICKETS, number), number, sales, invented),
        "feedback": draw_feedback(stream(seed, Subject.FEEDBACK, number), number, sales, invented),
    }


def of_accounts(
    seed: int, part: int, population: Population, invented: InventedShop
) -> tuple[Consents, dict[str, Cases]]:
    """What the accounts of the batch or month of this number say of themselves until the window ends."""
    consents = draw_consents(stream(seed, Subject.CONSENTS, part), population, invented.shop)
    rng = stream(seed, Subject.SURVEYS, part)
    return consents, {
        "survey_preferences": stated_preferences(rng, part, population, invented),
        "consents": consent_changes(part, population, consents, invented.window),
    }


def messages(
    seed: int,
    number: int,
    days: range,
    population: Population,
    consents: Consents,
    accounts: int,
    invented: InventedShop,
) -> Cases:
    """What the shop writes in the batch or on the day of this number to the first `accounts` accounts."""
    rng = stream(seed, Subject.CAMPAIGNS, number)
    sent = draw_messages(rng, days, population, consents, accounts, invented)
    return message_events(rng, number, sent, population, invented)
