{# The channel of a first referrer, from its well-known words and hosts: nothing is direct,
   another host is a referral, another word is other. #}
{% macro referrer_channel(referrer) -%}
    {%- set word = "lower(trim(" ~ referrer ~ "))" -%}
    case
        when {{ word }} in ('', '-', 'direct', '(direct)', '(none)', 'none', 'null')
            then 'direct'
        when
            {{ word }} in (
                'ads', 'ad', 'advert', 'advertising', 'adwords', 'cpc', 'ppc', 'paid',
                'display', 'banner', 'sem'
            )
            or {{ word }} like '%gclid=%'
            then 'ads'
        when
            {{ word }} in ('email', 'e-mail', 'mail', 'newsletter', 'edm')
            or {{ word }} like '%//mail.%'
            or {{ word }} like 'mail.%'
            then 'email'
        when
            {{ word }} in ('search', 'organic', 'seo')
            {%- for name in [
                "google", "bing", "baidu", "sogou", "yahoo", "yandex", "duckduckgo",
                "naver",
            ] %}
            or {{ word }} = '{{ name }}'
            or {{ word }} like '{{ name }}.%'
            or {{ word }} like '%.{{ name }}.%'
            or {{ word }} like '%//{{ name }}.%'
            {%- endfor %}
            then 'search'
        when
            {{ word }} in ('social', 'wechat', 'x')
            {%- for name in [
                "facebook", "instagram", "youtube", "twitter", "tiktok", "pinterest",
                "linkedin", "reddit", "weibo", "weixin", "douyin", "xiaohongshu",
                "zhihu", "bilibili",
            ] %}
            or {{ word }} = '{{ name }}'
            or {{ word }} like '{{ name }}.%'
            or {{ word }} like '%.{{ name }}.%'
            or {{ word }} like '%//{{ name }}.%'
            {%- endfor %}
            then 'social'
        when {{ word }} = 'referral' or {{ word }} like '%.%' then 'referral'
        else 'other'
    end
{%- endmacro %}
