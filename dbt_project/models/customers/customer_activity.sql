with customers as (

    select * from {{ ref('dim_customers') }}

),

interactions as (

    select * from {{ ref('int_interactions') }}

),

activity_periods as (

    select * from {{ ref('int_activity_periods') }}

),

tiers as (

    select * from {{ ref('customer_tiers') }}

),

lifecycles as (

    select * from {{ ref('customer_lifecycle') }}

),

contacts as (

    select
        customer_id,
        sum(
            case
                when interaction_date > {{ days_before(var('login_days'), as_of()) }}
                    then login_count
                else 0
            end
        ) as login_count_30d,
        max(case when login_count > 0 then interaction_date end) as last_login_date,
        max(interaction_date) as last_interaction_date

    from interactions
    group by customer_id

),

tonights_activities as (

    select
        customer_id,
        max_by(segment, valid_from) as activity,
        max(valid_from) as activity_since

    from activity_periods
    where valid_from <= {{ as_of() }}
    group by customer_id

),

customer_activity as (

    select
        customers.customer_id,
        {{ as_of() }} as as_of_date,
        tonights_activities.activity,
        tonights_activities.activity_since,
        cast(contacts.login_count_30d as bigint) as login_count_30d,
        {{ days_between('contacts.last_login_date', as_of()) }}
            as days_since_last_login,
        {{ days_between('contacts.last_interaction_date', as_of()) }}
            as days_since_last_interaction,
        case
            when tiers.value_tier = 'vip' then 'high_value'
            when tonights_activities.activity
                in ('high_frequency', 'active', 'potential')
                then 'potential'
            when lifecycles.lifecycle_stage = 'growing' then 'potential'
            else 'general'
        end as customer_class

    from customers
    left join tonights_activities
        on customers.customer_id = tonights_activities.customer_id
    left join contacts on customers.customer_id = contacts.customer_id
    left join tiers on customers.customer_id = tiers.customer_id
    left join lifecycles on customers.customer_id = lifecycles.customer_id

)

select * from customer_activity
