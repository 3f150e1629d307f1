select return_id, order_id, returned_at, row_number from returns
