-- The touch log: every observed act on a placement, by the business day (Asia/Shanghai) of its id.

-- User agents are stored once each; the id is the first 8 bytes of the SHA-256 of the text.
create table user_agent (
    id   bigint not null,
    text text   not null,
    constraint user_agent_pkey primary key (id)
);

-- One row per group commit; a roll-up takes it away when it has counted the touches that carry its id.
create table touch_batch (
    id         bigint      not null,
    written_at timestamptz not null default now(),
    touches    int         not null,
    constraint touch_batch_pkey primary key (id)
);

create sequence touch_batch_id as bigint;

-- No foreign keys: nothing on the fan's way waits for a look-up, and placements are never deleted.
create table touch (
    day              date        not null,
    id               uuid        not null,
    at               timestamptz not null,
    placement_id     bigint      not null,
    kind             text        not null,
    outcome          text,
    destination_host text,
    policy_version   int,
    host_app         text        not null,
    app_major        int,
    os               text        not null,
    human            boolean     not null,
    -- Why it is not counted as a person's act; null for a person's.
    flag             text,
    -- Cookie value, or the keyed hash of the day.
    visitor          uuid        not null,
    user_agent_id    bigint,
    -- The click whose landing page this act happened on.
    click_id         uuid,
    -- What the reader of a pasted token had to repair.
    repaired         text,
    -- Null for touches that did not come by a group commit.
    batch_id         bigint,
    constraint touch_pkey primary key (day, id),
    constraint touch_kind_known check (kind in ('CLICK', 'LANDING', 'COPY', 'OPEN', 'PASTE', 'SHARE')),
    constraint touch_outcome_known check (outcome in ('REDIRECT', 'LANDING', 'PREVIEW')),
    constraint touch_flag_or_human check (human = (flag is null))
) partition by range (day);

create index touch_placement_idx on touch (placement_id, id desc);

-- Makes the partition of a day if it is not there yet; any number of nodes may call it at once.
create function make_touch_partition(of_day date) returns void language plpgsql as $$
declare
    partition_name text := 'touch_' || to_char(of_day, 'YYYYMMDD');
begin
    if to_regclass(partition_name) is null then
        perform pg_advisory_xact_lock(hashtext('make_touch_partition'));
        if to_regclass(partition_name) is null then
            execute format('create table %I partition of touch for values from (%L) to (%L)',
                partition_name, of_day, of_day + 1);
        end if;
    end if;
end $$;

-- The salt of the keyed hash for visitors without a cookie: shared by all nodes, deleted after its day.
create table visitor_salt (
    day  date  not null,
    salt bytea not null,
    constraint visitor_salt_pkey primary key (day),
    constraint visitor_salt_length check (length(salt) = 32)
);
