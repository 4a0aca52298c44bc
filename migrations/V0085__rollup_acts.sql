-- What people did by placement, all kinds in one row, how their clicks were answered and which of them friends brought
-- back: the funnel of 90 days reads one row for a placement's day or week, and tells a fan who was sent on from one who
-- was shown a page.
create table rollup_act_day (
    day          date   not null,
    placement_id bigint not null,
    -- Acts of people, repeats included; those of others are in rollup_touch_day alone.
    clicks       bigint not null,
    -- Clicks answered by a redirect, and by our page.
    sent_on      bigint not null,
    pages        bigint not null,
    landings     bigint not null,
    copies       bigint not null,
    opens        bigint not null,
    shares       bigint not null,
    pastes       bigint not null,
    -- Clicks that followed a link shared from the page of another visitor.
    brought_back bigint not null,
    constraint rollup_act_day_pkey primary key (day, placement_id)
);
-- Weeks that are over, summed; they hold while rollup_week has the week.
create table rollup_act_week (
    week         date   not null,
    placement_id bigint not null,
    clicks       bigint not null,
    sent_on      bigint not null,
    pages        bigint not null,
    landings     bigint not null,
    copies       bigint not null,
    opens        bigint not null,
    shares       bigint not null,
    pastes       bigint not null,
    brought_back bigint not null,
    constraint rollup_act_week_pkey primary key (week, placement_id),
    constraint rollup_act_week_monday check (extract(isodow from week) = 1)
);
-- The touch whose id names it is stored under this day.
create function touch_day(touch_id uuid) returns date language sql immutable parallel safe
    return (uuid_extract_timestamp(touch_id) at time zone 'Asia/Shanghai')::date;
-- What was counted before this table was there.
insert into rollup_act_day (day, placement_id, clicks, sent_on, pages, landings, copies, opens, shares, pastes, brought_back)
select t.day, t.placement_id, count(*) filter (where t.kind = 'CLICK'),
       count(*) filter (where t.outcome = 'REDIRECT'), count(*) filter (where t.outcome = 'LANDING'),
       count(*) filter (where t.kind = 'LANDING'), count(*) filter (where t.kind = 'COPY'),
       count(*) filter (where t.kind = 'OPEN'), count(*) filter (where t.kind = 'SHARE'),
       count(*) filter (where t.kind = 'PASTE'), count(s.id)
from touch t
left join touch s on t.kind = 'CLICK' and s.day = touch_day(t.click_id) and s.id = t.click_id and s.visitor <> t.visitor
where t.human
group by 1, 2;
-- Weeks summed before lack these counts.
delete from rollup_week;
