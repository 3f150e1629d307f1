with overrides as (

    select * from {{ source('reference', 'identity_overrides') }}

),

identity_overrides as (

    select
        decision,
        source_name || ':' || account_id as account_key,
        other_source_name || ':' || other_account_id as other_account_key

    from overrides

)

select * from identity_overrides
