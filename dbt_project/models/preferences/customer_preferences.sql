with evidence as (

    select * from {{ ref('int_preference_evidence') }}

),

promotion_uses as (

    select * from {{ ref('int_promotion_uses') }}
    where offered_spend > 0

),

survey_preferences as (

    select * from {{ ref('stg_survey_preferences') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

labels as (

    select * from {{ source('reference', 'labels') }}

),

-- a code by itself and by its words in either language; of two codes with the same word
-- the one that comes first
codes_in_words as (

    {% for word in ["code", "label_en", "label_zh"] %}
    select
        column_name as attribute,
        code,
        sort_order,
        {{ folded_text(word) }} as word
    from labels
    {% if not loop.last %}

    union all

    {% endif %}
    {% endfor %}

),

codes_of_words as (

    select
        attribute,
        word,
        min_by(code, (sort_order, code)) as code

    from codes_in_words
    group by attribute, word

),

shop_values as (

    select
        attribute,
        value,
        cast(sum(evidence_count) as bigint) as shop_count

    from evidence
    group by attribute, value

),

shop_attributes as (

    select
        attribute,
        cast(sum(shop_count) as bigint) as shop_total

    from shop_values
    group by attribute

),

valued_evidence as (

    select
        evidence.customer_id,
        evidence.attribute,
        evidence.value,
        evidence.evidence_count,
        shop_values.shop_count,
        shop_attributes.shop_total

    from evidence
    inner join shop_values
        on evidence.attribute = shop_values.attribute
        and evidence.value = shop_values.value
    inner join shop_attributes on evidence.attribute = shop_attributes.attribute

),

-- of values chosen equally often the one that is more usual in the shop; who needs
-- something needs it, however often there was something else
placed_values as (

    select
        customer_id,
        attribute,
        value,
        evidence_count as own_count,
        shop_count,
        shop_total,
        cast(
            sum(evidence_count) over (partition by customer_id, attribute) as bigint
        ) as evidence_count,
        row_number() over (
            partition by customer_id, attribute
            order by
                case when value = 'none' then 1 else 0 end asc,
                evidence_count desc,
                shop_count desc,
                value asc
        ) as place

    from valued_evidence

),

-- own evidence and some of the shop's
preferred_values as (

    select
        customer_id,
        attribute,
        value,
        cast(own_count as double) / nullif(evidence_count, 0) as share,
        cast(
            own_count * shop_total + {{ var('preference_prior') }} * shop_count
            as double
        ) / nullif(
            (evidence_count + {{ var('preference_prior') }}) * shop_total, 0
        ) as strength,
        evidence_count

    from placed_values
    where place = 1

),

-- the share shrunk towards what was on offer, and how far it lies from it: rounded, so
-- that a customer who is right on a threshold is told so
measured_promotions as (

    select
        customer_id,
        order_count,
        promoted_order_count,
        cast(promoted_spend as double) / nullif(cast(spend as double), 0) as share,
        (
            order_count * cast(promoted_spend as double)
            + {{ var('preference_prior') }} * cast(offered_spend as double)
        ) / nullif(
            (order_count + {{ var('preference_prior') }}) * cast(spend as double), 0
        ) as strength,
        cast(
            order_count * cast(promoted_spend - offered_spend as double)
            / nullif(
                (order_count + {{ var('preference_prior') }}) * cast(spend as double),
                0
            ) as decimal(9, 6)
        ) as above_offer

    from promotion_uses

),

promotions as (

    select
        customer_id,
        'promotion' as attribute,
        case
            when order_count < {{ var('promotion_orders') }} then 'unknown'
            when
                above_offer >= {{ var('promotion_margin') }}
                and promoted_order_count >= {{ var('seeker_orders') }}
                then 'seeker'
            when above_offer <= -{{ var('promotion_margin') }} then 'avoider'
            else 'neutral'
        end as value,
        share,
        strength,
        order_count as evidence_count

    from measured_promotions

),

observed_preferences as (

    select * from preferred_values
    union all
    select * from promotions

),

stated_preferences as (

    select
        customer_accounts.customer_id,
        survey_preferences.attribute,
        max_by(
            survey_preferences.stated_value,
            (survey_preferences.asked_at, survey_preferences.survey_response_id)
        ) as stated_value

    from survey_preferences
    inner join customer_accounts
        on survey_preferences.account_key = customer_accounts.account_key
    group by customer_accounts.customer_id, survey_preferences.attribute

),

-- words that no code has agree with nothing and contradict nothing, but for those
-- of categories, brands and devices, which are the shop's own
stated_codes as (

    select
        stated_preferences.customer_id,
        stated_preferences.attribute,
        stated_preferences.stated_value,
        case
            when {{ named('stated_preferences.stated_value') }} is null then null
            when stated_preferences.attribute in ('category', 'brand')
                then {{ folded_text('stated_preferences.stated_value') }}
            when stated_preferences.attribute = 'device'
                then coalesce(
                        codes_of_words.code,
                        {{ folded_text('stated_preferences.stated_value') }}
                    )
            when codes_of_words.attribute <> 'weekday' then codes_of_words.code
            when codes_of_words.code in ('1', '2', '3', '4', '5') then 'weekday'
            when codes_of_words.code in ('6', '7') then 'weekend'
            else codes_of_words.code
        end as stated_code

    from stated_preferences
    left join codes_of_words
        on stated_preferences.attribute = codes_of_words.attribute
        and {{ folded_text('stated_preferences.stated_value') }} = codes_of_words.word

),

preferences as (

    select
        coalesce(observed_preferences.customer_id, stated_preferences.customer_id)
            as customer_id,
        coalesce(observed_preferences.attribute, stated_preferences.attribute)
            as attribute,
        {{ as_of() }} as as_of_date,
        coalesce(observed_preferences.value, 'unknown') as value,
        observed_preferences.share,
        observed_preferences.strength,
        coalesce(observed_preferences.evidence_count, 0) as evidence_count,
        stated_preferences.stated_value,
        case
            when observed_preferences.value = 'unknown' then null
            when observed_preferences.attribute in ('category', 'brand')
                then {{ folded_text('observed_preferences.value') }}
            else
                coalesce(
                    codes_of_words.code, {{ folded_text('observed_preferences.value') }}
                )
        end = stated_preferences.stated_code as is_agreed

    from observed_preferences
    full join stated_codes as stated_preferences
        on observed_preferences.customer_id = stated_preferences.customer_id
        and observed_preferences.attribute = stated_preferences.attribute
    left join codes_of_words
        on observed_preferences.attribute = codes_of_words.attribute
        and {{ folded_text('observed_preferences.value') }} = codes_of_words.word

)

select * from preferences
