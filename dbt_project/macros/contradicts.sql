{# Whether two names are not one: more than one slip in a long one, any in a short one, as of three signs of Chinese. #}
{% macro names_are_unlike(name, other_name) -%}
    coalesce(
        levenshtein({{ name }}, {{ other_name }}) > case
            when least(length({{ name }}), length({{ other_name }})) >= 5 then 1
            else 0
        end,
        false
    )
{%- endmacro %}


{# Whether they are those of two people: in two scripts one person's may be unlike. #}
{% macro names_differ(name, other_name) -%}
    {{ names_are_unlike(name, other_name) }}
    and ({{ name }} < '{') = ({{ other_name }} < '{')
{%- endmacro %}


{# Whether an identifier that two people share is no evidence that they are one, who have the columns name_mark,
   birth_date, phone and has_email under these names.

   An e-mail is one person's until it is given to the next, who has another name and another birthday or phone. A phone
   may be a family's: another name is enough, or another birthday where a name is missing, unless they were born on one
   day; and where only one gives a name, two e-mails are. #}
{% macro contradicts(identifier_type, one, other) -%}
    {%- set names_differ = names_differ(one ~ "name_mark", other ~ "name_mark") -%}
    {%- set birthdays_differ -%}
    coalesce({{ one }}birth_date <> {{ other }}birth_date, false)
    {%- endset -%}
    {%- set one_birthday -%}
    coalesce({{ one }}birth_date = {{ other }}birth_date, false)
    {%- endset -%}
    {%- if identifier_type == "keep_together" -%}
    false
    {%- elif identifier_type == "email" -%}
    case
        when {{ one }}birth_date is null or {{ other }}birth_date is null
            then {{ names_differ }}
                and coalesce({{ one }}phone <> {{ other }}phone, false)
        else {{ names_are_unlike(one ~ "name_mark", other ~ "name_mark") }}
            and {{ one }}birth_date <> {{ other }}birth_date
            and coalesce({{ one }}phone <> {{ other }}phone, true)
    end
    {%- else -%}
    not {{ one_birthday }}
    and (
        {{ names_differ }}
        or (
            {{ birthdays_differ }}
            and coalesce({{ one }}name_mark <> {{ other }}name_mark, true)
        )
        or (
            ({{ one }}name_mark is null) <> ({{ other }}name_mark is null)
            and {{ one }}has_email
            and {{ other }}has_email
        )
    )
    {%- endif -%}
{%- endmacro %}
