with rates as (

    select * from {{ source('reference', 'exchange_rates') }}

),

exchange_rates as (

    select
        upper(currency) as currency,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by upper(currency) order by valid_from),
            date '9999-12-31'
        ) as valid_to,
        rate

    from rates

)

select * from exchange_rates
