{# A row is a key that is incomplete or occurs more than once. #}
{% test unique_together(model, columns) %}

    select
        {{ columns | join(", ") }},
        count(*) as row_count

    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1 or {{ columns | join(" is null or ") }} is null

{% endtest %}
