-- What was not authorised is tried again by itself: found at every look, among very many windows that are complete.
create index pull_window_failed_idx on pull_window (account_id, feed, from_at, id) where state = 'FAILED';
