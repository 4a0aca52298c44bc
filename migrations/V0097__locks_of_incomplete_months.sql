-- A month that lacks orders is not locked unless whoever asks for it says why it should be nevertheless.

alter table month_lock
    add column override_reason text,
    -- What was lacking when that was said; anything else that is found lacking later still refuses the lock.
    add column overridden      text[] not null default '{}',
    add constraint month_lock_override_says_why check (override_reason <> ''),
    add constraint month_lock_override_whole check ((override_reason is null) = (cardinality(overridden) = 0));

create index order_line_needs_review_idx on order_line (id) where status = 'NEEDS_REVIEW';
