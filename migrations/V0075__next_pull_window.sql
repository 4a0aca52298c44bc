-- A back-fill of a year is thousands of windows: the next one is found in its order, without looking at the others.
create index pull_window_next_idx
    on pull_window (account_id, (kind = 'LIVE') desc, (kind = 'BACKFILL') desc, from_at, id)
    where state in ('PENDING', 'RUNNING');
drop index pull_window_open_idx;
