-- What a week's counts were written by: who keeps them in memory knows by it whether they still hold.

alter table rollup_week add column version xid8 not null default pg_current_xact_id();

create table rollup_order_week_version (
    week date not null,
    version xid8 not null,
    constraint rollup_order_week_version_pkey primary key (week),
    constraint rollup_order_week_version_monday check (extract(isodow from week) = 1)
);

insert into rollup_order_week_version select distinct week, pg_current_xact_id() from rollup_order_week;
