-- What was asked of each marketplace, window by window: what is covered is proven by rows, not by hope.

-- A sweep or a back-fill: a range asked for once more, apart from what keeps up with the present.
create table pull_run (
    id           uuid        not null,
    account_id   uuid        not null,
    kind         text        not null,
    -- What makes it one: a sweep is begun once, however many nodes think of it.
    name         text        not null,
    feeds        text[]      not null,
    from_at      timestamptz not null,
    until_at     timestamptz not null,
    -- Null for what the application began itself.
    requested_by uuid,
    created_at   timestamptz not null,
    constraint pull_run_pkey primary key (id),
    constraint pull_run_name_key unique (account_id, name),
    constraint pull_run_account_fkey foreign key (account_id) references marketplace_account,
    constraint pull_run_requested_by_fkey foreign key (requested_by) references person,
    constraint pull_run_kind_known check (kind in ('SWEEP', 'BACKFILL')),
    constraint pull_run_forward check (from_at < until_at),
    constraint pull_run_person_asks_for_backfill check ((kind = 'BACKFILL') = (requested_by is not null))
);

create index pull_run_backfill_idx on pull_run (id desc) where kind = 'BACKFILL';

create table pull_window (
    id              bigint generated always as identity,
    account_id      uuid        not null,
    feed            text        not null,
    kind            text        not null,
    run_id          uuid,
    -- What is asked for. It begins before what is covered, because rows show up late.
    from_at         timestamptz not null,
    covers_from     timestamptz not null,
    until_at        timestamptz not null,
    state           text        not null default 'PENDING',
    -- Where to go on, in the connector's words; null at the beginning of a pass.
    cursor          text,
    -- A window of more than one page is read again until a pass brings no news.
    pass            int         not null default 1,
    pass_pages      int         not null default 0,
    pass_news       int         not null default 0,
    pages           int         not null default 0,
    rows            int         not null default 0,
    news            int         not null default 0,
    unreadable      int         not null default 0,
    -- SHA-256 over the pages of the pass, each with what came before.
    seen_hash       bytea,
    attempts        int         not null default 0,
    -- In a row, since something last worked.
    failures        int         not null default 0,
    next_attempt_at timestamptz not null,
    failure_kind    text,
    failure         text,
    -- Who reads it, until when he has to have shown a sign of life.
    claim           uuid,
    claimed_until   timestamptz,
    created_at      timestamptz not null,
    started_at      timestamptz,
    finished_at     timestamptz,
    constraint pull_window_pkey primary key (id),
    constraint pull_window_account_fkey foreign key (account_id) references marketplace_account,
    constraint pull_window_run_fkey foreign key (run_id) references pull_run,
    constraint pull_window_kind_known check (kind in ('LIVE', 'SWEEP', 'BACKFILL')),
    constraint pull_window_state_known check (state in ('PENDING', 'RUNNING', 'COMPLETE', 'FAILED', 'TOO_LATE')),
    constraint pull_window_forward check (from_at <= covers_from and covers_from < until_at),
    constraint pull_window_whole_seconds check (date_trunc('second', from_at) = from_at
        and date_trunc('second', covers_from) = covers_from and date_trunc('second', until_at) = until_at),
    constraint pull_window_live_has_no_run check (kind <> 'LIVE' or run_id is null),
    constraint pull_window_claimed_while_running check ((state = 'RUNNING') = (claim is not null)
        and (claim is null) = (claimed_until is null)),
    constraint pull_window_failed_says_why check (state not in ('FAILED', 'TOO_LATE') or failure is not null),
    constraint pull_window_finished check ((state in ('PENDING', 'RUNNING')) = (finished_at is null)),
    -- No instant is covered twice: two nodes that plan at once cannot both add the next window.
    constraint pull_window_live_once exclude using gist
        (account_id with =, feed with =, tstzrange(covers_from, until_at) with &&) where (kind = 'LIVE')
);

create index pull_window_open_idx on pull_window (account_id, next_attempt_at) where state in ('PENDING', 'RUNNING');
create index pull_window_not_covered_idx on pull_window (account_id, feed, covers_from)
    where kind = 'LIVE' and state <> 'COMPLETE';
create index pull_window_live_idx on pull_window (account_id, feed, until_at desc) where kind = 'LIVE';
create index pull_window_run_idx on pull_window (run_id);
create index pull_window_finished_idx on pull_window (finished_at) where state = 'COMPLETE';

-- How wide windows are since a marketplace said that they were too wide; they grow back by themselves.
create table pull_width (
    account_id  uuid        not null,
    feed        text        not null,
    seconds     bigint      not null,
    narrowed_at timestamptz not null,
    constraint pull_width_pkey primary key (account_id, feed),
    constraint pull_width_account_fkey foreign key (account_id) references marketplace_account,
    constraint pull_width_positive check (seconds > 0)
);

-- Rows that could not be understood, as received: they are never taken for money, and never dropped.
create table pull_unreadable (
    account_id uuid        not null,
    feed       text        not null,
    hash       bytea       not null,
    reason     text        not null,
    raw        text        not null,
    window_id  bigint      not null,
    seen_at    timestamptz not null,
    constraint pull_unreadable_pkey primary key (account_id, feed, hash),
    constraint pull_unreadable_account_fkey foreign key (account_id) references marketplace_account
);
