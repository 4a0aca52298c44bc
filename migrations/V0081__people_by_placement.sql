-- People by placement without host app and OS: the comparison of 90 days reads a fifth of the rows, and of whole weeks a
-- seventh of those.

create table rollup_people_day (
    day          date   not null,
    placement_id bigint not null,
    -- People by what they did: visitors whose first such act of the day it was.
    clicks       bigint not null,
    pastes       bigint not null,
    landings     bigint not null,
    constraint rollup_people_day_pkey primary key (day, placement_id)
);

insert into rollup_people_day (day, placement_id, clicks, pastes, landings)
select day, placement_id,
       coalesce(sum(people) filter (where kind = 'CLICK'), 0),
       coalesce(sum(people) filter (where kind = 'PASTE'), 0),
       coalesce(sum(people) filter (where kind = 'LANDING'), 0)
from rollup_touch_day where human and kind in ('CLICK', 'PASTE', 'LANDING') group by 1, 2;

-- Weeks that are over, summed. A week is summed again after one of its days has changed.
create table rollup_people_week (
    week         date   not null,
    placement_id bigint not null,
    clicks       bigint not null,
    pastes       bigint not null,
    landings     bigint not null,
    constraint rollup_people_week_pkey primary key (week, placement_id),
    constraint rollup_people_week_monday check (extract(isodow from week) = 1)
);

-- Weeks whose sums hold just now; whoever changes a day takes its week away.
create table rollup_week (
    week date not null,
    constraint rollup_week_pkey primary key (week)
);
