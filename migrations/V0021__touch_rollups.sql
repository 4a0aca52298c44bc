-- Counts of touches, so that a report's cost does not grow with the touches.
-- `day` is the day that a touch is stored under; every cell of a day can be made anew from the touches of that day.

create table rollup_touch_hour (
    day          date        not null,
    placement_id bigint      not null,
    -- Start of the hour in which it was seen.
    hour         timestamptz not null,
    kind         text        not null,
    host_app     text        not null,
    os           text        not null,
    human        boolean     not null,
    touches      bigint      not null,
    constraint rollup_touch_hour_pkey primary key (day, placement_id, hour, kind, host_app, os, human)
);

create table rollup_touch_day (
    day          date    not null,
    placement_id bigint  not null,
    kind         text    not null,
    host_app     text    not null,
    os           text    not null,
    human        boolean not null,
    touches      bigint  not null,
    -- Visitors whose first such act on the placement on that day is in this cell: the touches that are no repeats.
    people       bigint  not null,
    constraint rollup_touch_day_pkey primary key (day, placement_id, kind, host_app, os, human)
);

-- Who was counted already: the first such act of a visitor on a placement on a day. Kept as long as the touches are.
create table rollup_visitor_day (
    day            date   not null,
    placement_id   bigint not null,
    kind           text   not null,
    visitor        uuid   not null,
    first_touch_id uuid   not null,
    constraint rollup_visitor_day_pkey primary key (day, placement_id, kind, visitor)
);
