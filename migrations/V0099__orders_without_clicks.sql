-- Orders of marketplaces that tell no click are found by their own time: for the watch over what opens where.
create index order_line_unclicked_idx on order_line (created_at) where clicked_at is null;
