-- A month that lacks orders is not locked unless whoever asks for it says why it should be nevertheless.

alter table month_lock
    add column override_reason text,
    -- What was lacking when that was said; anything else that is found lacking later still refuses the lock.
    -- [{"what", "from", "until"}]: feeds with the time that was not read, and lines, which have none.
    add column overridden      jsonb not null default '[]',
    add constraint month_lock_override_says_why check (override_reason <> ''),
    add constraint month_lock_override_whole check ((override_reason is null) = (overridden = '[]'));

create index order_line_needs_review_idx on order_line (id) where status = 'NEEDS_REVIEW';
