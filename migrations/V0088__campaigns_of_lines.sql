-- Whoever pays a bonus sees the line; items and creators that came or went count as they did; a verdict stays with its line.

create or replace view attribution_campaign as
select a.id attribution_id, a.order_line_id, m.id campaign_id, m.brand_id
from attribution a
join order_line o on o.id = a.order_line_id
join campaign_offer f on f.offer_id = a.ordered_offer_id
join campaign m on m.id = f.campaign_id
    and m.from_at <= coalesce(o.paid_at, o.created_at) and coalesce(o.paid_at, o.created_at) < m.until_at
join campaign_creator i on i.campaign_id = m.id and i.creator_id = a.creator_id
where a.current
  -- As Campaigns.runs has it: payments are told in whole seconds, so a stay holds from the beginning of its second.
  and date_trunc('second', greatest(f.added_at, i.invited_at)) <= coalesce(o.paid_at, o.created_at)
  and coalesce(o.paid_at, o.created_at) < coalesce(least(f.removed_at, i.removed_at), 'infinity')
union
select a.id, a.order_line_id, m.id, m.brand_id
from attribution a
join commission c on c.order_line_id = a.order_line_id
join campaign m on m.id = c.campaign_id
where a.current and a.creator_id is not null;

-- The last word about a line and its creator holds for every later version that leaves the line with her.
create or replace view attribution_review_state as
select distinct on (a.id)
       a.id attribution_id, a.order_line_id, a.current, r.verdict, r.reason, r.reviewed_at,
       case when r.verdict = 'DISPUTED' and o.status = 'SETTLED' then o.settled_at + interval '7 days' end lapses_at
from attribution_review r
join attribution v on v.id = r.attribution_id
join attribution a on a.order_line_id = v.order_line_id and a.creator_id = v.creator_id and a.version >= v.version
join order_line o on o.id = a.order_line_id
order by a.id, r.id desc;
