-- Files may name a part of a split order by its own number and tell no parent: they are looked up by that as well.

create index order_line_of_file_order_idx on order_line (marketplace, order_no) where left(line_key, 2) = 'F:';

-- Of starts_with the planner makes a range of line keys, and then reads all lines of files for every page of the API.
drop index order_line_of_file_idx;
create index order_line_of_file_idx on order_line (marketplace, parent_no) where left(line_key, 2) = 'F:';
