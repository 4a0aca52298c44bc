-- A brand's comparison asks which of the few orders that name no placement may be of its campaigns.

create index rollup_order_part_unplaced_paid_idx on rollup_order_part (day) where placement_id = 0 and paid = 1;
