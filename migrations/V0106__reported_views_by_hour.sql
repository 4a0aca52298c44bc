-- Reports read how often native tokens were opened by time; in most hours nobody opens one.
create index native_token_count_opened_idx on native_token_count (hour) include (native_token_id, hour_views)
    where hour_views > 0;
