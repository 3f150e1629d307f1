"""What the shop and its people say to each other agrees with what happened, and drives some of them away."""

import pytest

SERVICE = """select person_id, order_id, has_complaint, is_answered_late, moment = dropout_at as leaves
    from order_owners join sound_orders using (order_id, person_id) join persons using (person_id)
    where order_owners.is_paid"""


@pytest.fixture
def has_effects(shop) -> bool:
    return shop.truth.parameters["complaint_drives_away"] > 0


def test_complaints_and_late_answers_drive_people_away_where_they_are_to(shop, has_effects):
    shares = dict(
        shop.connection.execute(
            f"""select (has_complaint::int, is_answered_late::int)::text, avg(coalesce(leaves, false)::int)
            from ({SERVICE}) group by 1"""
        ).fetchall()
    )
    quiet, late, complaint = shares["(0, 0)"], shares["(0, 1)"], shares["(1, 0)"]
    if has_effects:
        assert complaint - quiet == pytest.approx(shop.truth.parameters["complaint_drives_away"], abs=0.05)
        assert late - quiet == pytest.approx(shop.truth.parameters["late_reply_drives_away"], abs=0.05)
    else:
        assert complaint == pytest.approx(quiet, abs=0.03)
        assert late == pytest.approx(quiet, abs=0.04)


def test_people_leave_for_what_the_parameters_say(shop, has_effects):
    causes = set(shop.column("select distinct left_because from persons where dropout_at is not null"))
    assert causes == ({"itself", "service", "mail"} if has_effects else {"itself"})
    for cause in ("service", "mail"):
        told = f"select count(*) from persons where left_because = '{cause}'"
        assert shop.truth.counts[f"persons_driven_away_by_{cause}"] == shop.value(told)


def test_who_is_tired_of_mail_got_much_of_it_and_minds(shop):
    messages = shop.column(
        """select count(distinct message_id) from persons join identities using (person_id)
            left join campaign_messages on account_id = identity
            and occurred_at between persons.dropout_at - interval 31 day and persons.dropout_at + interval 1 hour
        where left_because = 'mail' and minds_mail group by person_id"""
    )
    if messages:
        assert sorted(messages)[len(messages) // 2] > 5
    assert len(messages) == shop.truth.counts["persons_driven_away_by_mail"]


def test_a_ticket_is_opened_then_answered_then_resolved(shop):
    astray = """select count(*) from tickets join order_owners using (order_id)
            join orders using (order_id)
        where not (opened_at >= ordered_at and coalesce(nullif(first_response_at, ''), opened_at) >= opened_at
            and (resolved_at = '' or first_response_at <> '' and resolved_at >= first_response_at)
            and tickets.updated_at = greatest(opened_at, first_response_at, resolved_at))"""
    assert shop.value(astray) == 0
    assert shop.value("select count(*) from tickets where csat <> '' and resolved_at = ''") == 0


def test_tickets_are_those_of_the_orders_that_caused_one(shop):
    hours = "date_diff('hour', opened_at::timestamp, try_cast(first_response_at as timestamp))"
    marked = f"""select count(*) from tickets join order_owners using (order_id)
        where not (has_ticket and has_complaint = (is_complaint = 'true')
            and (is_answered_late = ({hours} >= 24) or first_response_at = ''))"""
    assert shop.value(marked) == 0
    assert shop.value("select count(*) - count(distinct order_id) from tickets where order_id <> ''") == 0
    opened, caused = shop.value("select count(*) from tickets"), shop.truth.counts["orders_with_ticket"]
    assert 0.97 * caused < opened <= caused


def test_feedback_is_given_of_what_has_come_and_the_shop_answers_what_is_to_be_improved(shop):
    early = """select count(*) from feedback join orders using (order_id)
        where delivered_at = '' or submitted_at < delivered_at or orders.status not in ('delivered', 'returned')"""
    assert shop.value(early) == 0
    astray = """select count(*) from feedback where (status = 'resolved') <> (answered_at <> '')
        or (score::double <= case when kind = 'nps' then 6 else 3 end) <> (status <> '')"""
    assert shop.value(astray) == 0
    shares = "select count(*) / (select count(*) from sound_orders where is_paid) from feedback"
    assert shop.value(shares) == pytest.approx(0.2, abs=0.02)
    worse = """select avg(score::int) filter (has_complaint) - avg(score::int) filter (not has_complaint)
        from feedback join order_owners using (order_id) where kind = 'rating'"""
    assert shop.value(worse) < -1


def test_nobody_is_written_to_who_has_not_agreed_or_has_changed_their_mind(shop):
    astray = """select count(*) from campaign_messages as messages
        asof left join (select *, changed_at::timestamp as agreed_at from consents) as consents
            on consents.account_id = messages.account_id and consents.channel = messages.channel
            and messages.occurred_at >= agreed_at
        where messages.channel <> 'on_site' and event = 'sent' and is_granted is distinct from 'true'"""
    assert shop.value(astray) == 0


def test_who_unsubscribes_takes_the_consent_back(shop):
    kept = """select count(*) from campaign_messages as messages where event = 'unsubscribed' and not exists (
        select * from consents where consents.account_id = messages.account_id
            and consents.channel = messages.channel and is_granted = 'false' and source = 'unsubscribe_link')"""
    assert shop.value("select count(*) from campaign_messages where event = 'unsubscribed'") > 100
    assert shop.value(kept) == 0


def test_a_message_is_sent_then_delivered_or_not_then_opened(shop):
    messages = """select min(occurred_at) filter (event = 'sent') as sent_at,
            min(occurred_at) filter (event = 'delivered') as delivered_at,
            min(occurred_at) filter (event in ('opened', 'clicked', 'unsubscribed')) as opened_at,
            count(*) filter (event = 'bounced') as bounces, count(*) filter (event = 'sent') as sent
        from campaign_messages group by message_id"""
    astray = f"""select count(*) from ({messages}) where sent <> 1 or bounces > 1
        or (delivered_at is null) <> (bounces = 1) or delivered_at < sent_at
        or opened_at < delivered_at or opened_at is not null and delivered_at is null"""
    assert shop.value(astray) == 0
    by_machine = "select avg(is_machine_open::int) from campaign_messages where event = 'opened' and channel = 'email'"
    assert 0.3 < shop.value(by_machine) < 0.8


def test_the_feeds_have_the_volumes_that_are_planned(shop):
    consents = "select count(*) / (select count(*) from customers) from consents"
    assert shop.value(consents) == pytest.approx(1.2, abs=0.1)
    events = "select count(*) / (select count(*) from customers) from campaign_messages"
    assert shop.value(events) < 15
