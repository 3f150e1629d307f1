with feedback as (

    select * from {{ ref('stg_feedback') }}

),

customer_accounts as (

    select * from {{ ref('int_customer_accounts') }}

),

attributed_feedback as (

    select
        feedback.feedback_id,
        feedback.source_name,
        customer_accounts.customer_id,
        feedback.order_id,
        feedback.product_id,
        feedback.submitted_date,
        feedback.submitted_at,
        feedback.kind,
        case
            when feedback.kind = 'nps' and feedback.score between 0 and 10
                then feedback.score
            when feedback.kind <> 'nps' and feedback.score between 1 and 5
                then feedback.score
        end as score,
        coalesce(feedback.topic, 'unknown') as topic,
        coalesce(feedback.status, 'none') as status,
        feedback.answered_at,
        {{ seconds_between('feedback.submitted_at', 'feedback.answered_at') }}
            as answer_seconds

    from feedback
    left join customer_accounts
        on feedback.account_key = customer_accounts.account_key

),

-- an answer before the question is a slip of the export: how long it took, nobody knows
timed_feedback as (

    select
        feedback_id,
        source_name,
        customer_id,
        order_id,
        product_id,
        submitted_date,
        submitted_at,
        kind,
        score,
        topic,
        status,
        answered_at,
        case
            when answer_seconds >= 0 then cast(answer_seconds as double) / 3600
        end as answer_hours

    from attributed_feedback

)

select * from timed_feedback
