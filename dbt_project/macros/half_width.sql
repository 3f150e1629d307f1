{# A text in the half-width signs of ASCII where it has their wide forms, as Chinese keyboards write them. #}
{% macro half_width(text) -%}
    translate(
        {{ text }},
        '！＂＃＄％＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯ'
        || 'ＰＱＲＳＴＵＶＷＸＹＺ＿ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ　',
        '!"#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNO'
        || 'PQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz '
    )
{%- endmacro %}
