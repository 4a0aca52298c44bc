-- Reports read how often native tokens were opened by time; in most hours nobody opens one.
create index native_token_count_opened_idx on native_token_count (hour) include (native_token_id, hour_views)
    where hour_views > 0;
-- And they read orders of unknown placement that lie in several parts: few among those that do.
create index rollup_order_part_unplaced_idx on rollup_order_part (day) where placement_id = 0 and not alone;
