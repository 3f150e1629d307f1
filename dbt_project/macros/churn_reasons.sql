{# Up to three reasons in one line, after where they put the risk beside the average of all
   who are scored; empty without one. #}
{% macro churn_reasons(language) -%}
    {%- set zh = language == "zh" -%}
    case
        when churn_scores.reason_1 is not null
            then
                case
                    when churn_scores.is_above_average
                        then '{{ "风险高于平均：" if zh else "Above the average risk: " }}'
                    else '{{ "风险低于平均：" if zh else "Below the average risk: " }}'
                end
                || concat_ws(
                    '{{ "；" if zh else "; " }}',
                    {{ churn_reason("churn_scores.reason_1", language) }},
                    {{ churn_reason("churn_scores.reason_2", language) }},
                    {{ churn_reason("churn_scores.reason_3", language) }}
                )
    end
{%- endmacro %}


{# A theme of models/churn/reasons.py in words, with the customer's own figure; `features`
   are those of today. #}
{% macro churn_reason(theme, language) -%}
    {%- set zh = language == "zh" -%}
    case {{ theme }}
        when 'silence'
            then
                case
                    -- the rhythm tells it too, beside how often orders come
                    when features.days_between_orders is null
                        or 'rhythm' not in (
                            coalesce(churn_scores.reason_1, ''),
                            coalesce(churn_scores.reason_2, ''),
                            coalesce(churn_scores.reason_3, '')
                        )
                        then {{ told(
                            "距上次购买{}天" if zh else "last order {} days ago",
                            "features.days_since_last_order",
                        ) }}
                end
        when 'orders' then {{ told(
            "近一年订单数：{}" if zh else "orders in a year: {}",
            "features.order_count_365d",
        ) }}
        when 'spend' then {{ told(
            "近一年消费：{}" if zh else "spent in a year: {}",
            "features.net_sales_365d",
        ) }} || ' ' || night.currency
        when 'tier'
            then
                case
                    when features.net_sales_12m_change_90d < 0
                        then {{ told(
                            "近12个月消费比90天前减少{}" if zh
                            else "12-month spend is below that of 90 days ago by {}",
                            "-features.net_sales_12m_change_90d",
                        ) }}
                    else {{ told(
                        "近12个月消费比90天前增加{}" if zh
                        else "12-month spend is above that of 90 days ago by {}",
                        "features.net_sales_12m_change_90d",
                    ) }}
                end || ' ' || night.currency
        when 'tenure' then {{ told(
            "首次购买距今{}天" if zh else "first order {} days ago",
            "features.age_days",
        ) }}
        when 'season' then {{ told(
            "去年同期订单数：{}" if zh else "orders in this season a year ago: {}",
            "features.order_count_same_season",
        ) }}
        when 'visits' then {{ told(
            "近90天活跃{}天" if zh else "active on {} of 90 days",
            "features.active_days_90d",
        ) }}
        || coalesce({{ told(
            "，距上次访问{}天" if zh else ", last seen {} days ago",
            "features.days_since_last_event",
        ) }}, '')
        when 'refunds' then {{ told(
            "退款占消费{}%" if zh else "{}% of the purchases given back",
            "100 * features.refund_share",
        ) }}
        when 'discounts' then {{ told(
            "折扣占原价{}%" if zh else "{}% of the price as discount",
            "100 * features.discount_share",
        ) }}
        when 'rhythm' then coalesce(
            {{ told(
                "平均每{}天下单一次" if zh else "an order every {} days",
                "features.days_between_orders",
            ) }}
            || {{ told(
                "，距上次{}天" if zh else ", the last {} days ago",
                "features.days_since_last_order",
            ) }},
            '{{ "仅有一天购买" if zh else "a single day of purchase so far" }}'
        )
        when 'service' then coalesce(
            {{ told(
                "未解决投诉：{}" if zh else "open complaints: {}",
                "nullif(features.open_complaint_count, 0)",
            ) }},
            {{ told(
                "近一年服务工单：{}" if zh else "service tickets in a year: {}",
                "features.ticket_count_365d",
            ) }}
        )
        when 'feedback' then coalesce(
            {{ told(
                "平均评分（百分制）：{}" if zh else "average score of feedback, of 100: {}",
                "100 * features.average_score_365d",
            ) }},
            '{{ "近一年无评价" if zh else "no feedback in a year" }}'
        )
        when 'campaigns' then {{ told(
            "近90天打开营销消息：{}" if zh else "campaign messages opened in 90 days: {}",
            "features.opened_message_count_90d",
        ) }}
        when 'other' then '{{ "其他特征" if zh else "other traits" }}'
    end
{%- endmacro %}


{# A text with a number, without decimals, in place of its {}; empty where it is unknown. #}
{% macro told(text, figure) -%}
    {%- set parts = text.split("{}") -%}
    '{{ parts | first }}' || cast(cast(round({{ figure }}) as bigint) as string)
    || '{{ parts | last }}'
{%- endmacro %}
