-- A group commit is one row that holds its touches as they are sent; the touches come into the log, and are counted,
-- many batches at a time. So a fan waits for one small insert without the log's indexes, and what is told twice is
-- sorted out where nobody waits.

-- What was written the former way and is not counted yet.
insert into touch_day_changed (day, changed_at)
select distinct day::date, now() from touch_batch, generate_series(first_day, last_day, interval '1 day') day
on conflict (day) do nothing;

drop trigger touch_batch_written on touch;
drop function add_touch_batch();
drop index touch_batch_id_idx;
alter table touch drop column batch_id, drop column batch_touches;
drop table touch_batch;
drop sequence touch_batch_id;

create table touch_batch (
    id         bigint generated always as identity,
    written_at timestamptz not null default now(),
    touches    int         not null,
    -- Rows of PostgreSQL's binary COPY format, without its header and trailer. Whoever changes their columns has to
    -- take in first what waits here.
    content    bytea       not null,
    -- Why the log will never take it; such a batch has one touch, and stays for a person to look at.
    refused    text,
    constraint touch_batch_pkey primary key (id),
    constraint touch_batch_touches_positive check (touches > 0)
) with (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- Not compressed: a fan waits for it, and it is gone in a second.
alter table touch_batch alter column content set storage external;
