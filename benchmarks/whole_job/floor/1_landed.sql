-- The landed files, typed by DuckDB's own readers: a line that does not fit is left out. Of each key one row stays: the
-- newest version that was known when the last day with orders was over; of feeds without versions that of the last file.

create temp table landed_orders as
select *
from read_csv(
    getvariable('landing') || '/orders*.csv*',
    header = true,
    ignore_errors = true,
    filename = true,
    columns = {
        order_id: 'varchar', account_id: 'varchar', guest_email: 'varchar', guest_phone: 'varchar',
        ordered_at: 'timestamp', paid_at: 'timestamp', shipped_at: 'timestamp', delivered_at: 'timestamp',
        status: 'varchar', updated_at: 'timestamp', currency: 'varchar', total: 'decimal(18, 2)',
        discount: 'decimal(18, 2)', shipping: 'decimal(18, 2)', tax: 'decimal(18, 2)', payment_method: 'varchar',
        device: 'varchar', coupon_code: 'varchar'
    }
)
where
    order_id is not null
    and ordered_at is not null
    and status in ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'returned', 'credit_note');

set variable as_of = (select max(cast(ordered_at as date)) from landed_orders);

create temp table orders as
select *, cast(ordered_at as date) as order_date
from landed_orders
where cast(ordered_at as date) <= getvariable('as_of')
qualify row_number() over (
    partition by order_id
    order by
        cast(updated_at as date) <= getvariable('as_of') desc,
        case when cast(updated_at as date) > getvariable('as_of') then cast(updated_at as date) end,
        updated_at desc nulls last,
        filename desc
) = 1;

drop table landed_orders;

create temp table order_items as
select *
from read_csv(
    getvariable('landing') || '/order_items*.csv*',
    header = true,
    ignore_errors = true,
    filename = true,
    columns = {
        order_item_id: 'varchar', order_id: 'varchar', product_id: 'varchar', quantity: 'bigint',
        unit_price: 'decimal(18, 4)', discount: 'decimal(18, 2)', refunded_quantity: 'bigint'
    }
)
where order_item_id is not null and order_id is not null and quantity is not null and unit_price is not null
qualify row_number() over (partition by order_item_id order by filename desc) = 1;

create temp table registrations as
select *, cast(registered_at as date) as registered_date
from read_csv(
    getvariable('landing') || '/customers*.csv*',
    header = true,
    ignore_errors = true,
    filename = true,
    columns = {
        account_id: 'varchar', registered_at: 'timestamp', name: 'varchar', email: 'varchar', phone: 'varchar',
        gender: 'varchar', birth_date: 'date', occupation: 'varchar', country: 'varchar', province: 'varchar',
        city: 'varchar', address: 'varchar', postal_code: 'varchar', channel: 'varchar', updated_at: 'timestamp'
    }
)
where
    account_id is not null
    and coalesce(gender, 'o') in ('f', 'm', 'o')
    and coalesce(cast(registered_at as date) <= getvariable('as_of'), true)
qualify row_number() over (
    partition by account_id
    order by
        cast(updated_at as date) <= getvariable('as_of') desc,
        case when cast(updated_at as date) > getvariable('as_of') then cast(updated_at as date) end,
        updated_at desc nulls last,
        filename desc
) = 1;

create temp table products as
select *
from read_csv(
    getvariable('landing') || '/products*.csv*',
    header = true,
    ignore_errors = true,
    filename = true,
    columns = {
        product_id: 'varchar', name: 'varchar', category: 'varchar', subcategory: 'varchar', brand: 'varchar',
        list_price: 'decimal(18, 4)'
    }
)
where product_id is not null
qualify row_number() over (partition by product_id order by filename desc) = 1;

-- of what visitors did without an account no table tells; a log is only added to, so which copy of an event stays is one
create temp table events as
select distinct on (event_id) event_id, account_id, session_id, type, cast(occurred_at as date) as event_date
from read_parquet(getvariable('landing') || '/events*.parquet')
where
    event_id is not null
    and account_id is not null
    and type in (
        'view', 'search', 'add_to_cart', 'remove_from_cart', 'checkout', 'login', 'purchase', 'cancel', 'other'
    )
    and cast(occurred_at as date) <= getvariable('as_of');
