-- Touches are counted once whichever way they came, partitions come and go without stopping anybody, and the rules that
-- tell people from the rest can be run again.

-- Which days the touches of a batch are stored under, so that a roll-up looks into these partitions only.
alter table touch_batch add column first_day date, add column last_day date;
update touch_batch b set first_day = t.first_day, last_day = t.last_day
from (select batch_id, min(day) first_day, max(day) last_day from touch group by batch_id) t
where t.batch_id = b.id;
delete from touch_batch where first_day is null;
alter table touch_batch
    alter column first_day set not null,
    alter column last_day set not null,
    add constraint touch_batch_days_in_order check (first_day <= last_day);

-- Finds the touches of a batch. Always appended at its end, and all touches of a batch share one entry: cheap to keep.
create index touch_batch_id_idx on touch (batch_id);

-- Made beside the table and then attached: "create table … partition of" would wait for every reader of every touch,
-- and everybody would wait for it.
create or replace function make_touch_partition(of_day date) returns void language plpgsql as $$
declare
    partition_name text := 'touch_' || to_char(of_day, 'YYYYMMDD');
begin
    if to_regclass(partition_name) is null then
        perform pg_advisory_xact_lock(hashtext('make_touch_partition'));
        if to_regclass(partition_name) is null then
            execute format('create table %I (like touch including all)', partition_name);
            execute format('alter table touch attach partition %I for values from (%L) to (%L)',
                partition_name, of_day, of_day + 1);
        end if;
    end if;
end $$;

-- Which version of the traffic rules was in force from when on; together with the runs below it tells by which rules a
-- touch was flagged.
create table traffic_rules (
    version     int         not null,
    in_force_at timestamptz not null,
    constraint traffic_rules_pkey primary key (version)
);

-- The rules were run again over the touches of some days.
create table traffic_rules_run (
    id          uuid        not null,
    version     int         not null,
    from_day    date        not null,
    until_day   date        not null,
    dry_run     boolean     not null,
    asked_by    uuid        not null,
    started_at  timestamptz not null,
    -- Null while it runs, or if it did not come to its end.
    finished_at timestamptz,
    -- Touches by flag, PERSON for those without one: {"BOT": {"before": 3, "after": 4}, …}.
    totals      jsonb,
    constraint traffic_rules_run_pkey primary key (id),
    constraint traffic_rules_run_asked_by_fkey foreign key (asked_by) references person,
    constraint traffic_rules_run_days_in_order check (from_day < until_day)
);

-- Days whose stored touches were changed; whoever counts touches counts these days anew and takes the row away.
create table touch_day_changed (
    day        date        not null,
    changed_at timestamptz not null,
    constraint touch_day_changed_pkey primary key (day)
);
