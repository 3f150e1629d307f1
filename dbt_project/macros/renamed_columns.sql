{# What staging makes of an order or credit note as a shop reports it, in whichever state. #}
{% macro order_columns() -%}
        -- ids
        {{ global_id('order_id') }} as order_id,
        source_name,
        {{ account_key_of_order() }} as account_key,

        -- contacts
        guest_email_normalized,
        guest_phone_normalized,
        guest_phone_is_landline,
        guest_email,

        -- strings
        status,
        currency,
        payment_method,
        {{ named('device') }} as device,
        {{ named('coupon_code') }} as coupon_code,

        -- money
        cast(total as decimal(18, 2)) as total_amount,
        cast(discount as decimal(18, 2)) as discount_amount,
        cast(shipping as decimal(18, 2)) as shipping_amount,
        cast(tax as decimal(18, 2)) as tax_amount,

        -- booleans
        account_id is null
        and coalesce(guest_email_normalized, guest_phone_normalized) is not null
            as is_guest,

        -- dates
        {{ business_date('ordered_at') }} as order_date,

        -- instants
        cast(ordered_at as timestamp) as ordered_at
{%- endmacro %}


{# Whose an order is: an account's, or a guest's, who is known by the contacts given with it. #}
{% macro account_key_of_order() -%}
        case
            when account_id is not null then {{ global_id('account_id') }}
            when coalesce(guest_email_normalized, guest_phone_normalized) is not null
                then source_name || ':guest:' || md5(
                        coalesce(guest_email_normalized, '')
                        || '|' || coalesce(guest_phone_normalized, '')
                    )
        end
{%- endmacro %}


{# What staging makes of a line of an order. #}
{% macro order_item_columns() -%}
        -- ids
        {{ global_id('order_item_id') }} as order_item_id,
        {{ global_id('order_id') }} as order_id,
        {{ global_id('product_id') }} as product_id,
        source_name,

        -- numerics
        cast(quantity as bigint) as quantity,
        cast(refunded_quantity as bigint) as refunded_quantity,

        -- money
        cast(unit_price as decimal(18, 4)) as unit_price,
        cast(discount as decimal(18, 2)) as discount_amount
{%- endmacro %}


{# What staging makes of an event. #}
{% macro event_columns() -%}
        -- ids
        {{ global_id('event_id') }} as event_id,
        {{ global_id('account_id') }} as account_key,
        {{ global_id('session_id') }} as session_id,
        {{ global_id('product_id') }} as product_id,
        {{ global_id('anonymous_id') }} as anonymous_id,
        coalesce(
            {{ global_id('session_id') }},
            source_name || ':device:' || anonymous_id,
            source_name || ':account:' || account_id
        ) as visitor_key,
        source_name,

        -- strings
        type as event_type,
        device,
        referrer,
        search_query,

        -- dates
        {{ business_date('occurred_at') }} as event_date,

        -- instants
        cast(occurred_at as timestamp) as occurred_at
{%- endmacro %}


{# What staging makes of an event of a message. #}
{% macro campaign_message_columns() -%}
        -- ids
        {{ global_id('message_event_id') }} as message_event_id,
        {{ global_id('message_id') }} as message_id,
        {{ global_id('campaign_id') }} as campaign_id,
        {{ global_id('account_id') }} as account_key,
        source_name,

        -- strings
        channel,
        audience,
        event as event_type,

        -- booleans
        coalesce(is_machine_open, false) as is_machine_open,

        -- instants
        cast(occurred_at as timestamp) as occurred_at
{%- endmacro %}
