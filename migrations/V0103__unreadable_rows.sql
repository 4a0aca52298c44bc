-- A row that could not be understood is lacking until its window was read again without it: each window keeps its own.
alter table pull_unreadable
    add column resolved_at timestamptz,
    drop constraint pull_unreadable_pkey;

alter table pull_unreadable add constraint pull_unreadable_pkey primary key (window_id, hash);

create index pull_unreadable_open_idx on pull_unreadable (account_id, feed) where resolved_at is null;
