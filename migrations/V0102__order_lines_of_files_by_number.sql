-- Files may name a part of a split order by its own number and tell no parent: they are looked up by that as well.

create index order_line_of_file_order_idx on order_line (marketplace, order_no) where starts_with(line_key, 'F:');
