{# A text that names something; what exports write for nothing is empty. #}
{% macro named(text) -%}
    case
        when
            lower(trim({{ text }})) in (
                '', '-', '--', '0', 'null', 'none', 'nil', 'nan', 'n/a', 'unknown',
                'n.a.', '#n/a', 'undefined', '—', '无', '（无）', '暂无', '空', '未知'
            )
            then null
        else {{ text }}
    end
{%- endmacro %}
