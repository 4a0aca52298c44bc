-- How people's clicks were answered, and which of them friends brought back: the funnel tells a fan who was sent on from
-- one who was shown a page, and a share that brought somebody from one that did not.
create table rollup_click_day (
    day          date   not null,
    placement_id bigint not null,
    outcome      text   not null,
    -- Acts of people; those of others are in rollup_touch_day alone.
    touches      bigint not null,
    -- Those of them that followed a link shared from the page of another visitor.
    brought_back bigint not null,
    constraint rollup_click_day_pkey primary key (day, placement_id, outcome)
);
-- Whose page a click's link was shared from: the touches that it may be are found by the time in the id.
create function touch_day(touch_id uuid) returns date language sql immutable parallel safe
    return (uuid_extract_timestamp(touch_id) at time zone 'Asia/Shanghai')::date;
-- What was counted before this table was there.
insert into rollup_click_day (day, placement_id, outcome, touches, brought_back)
select t.day, t.placement_id, t.outcome, count(*), count(s.id)
from touch t
left join touch_batch b on b.id = t.batch_id
left join touch s on s.day = touch_day(t.click_id) and s.id = t.click_id and s.visitor <> t.visitor
where t.kind = 'CLICK' and t.human and b.id is null
group by 1, 2, 3;
