-- What an attribution rests on beside the lease: touches, claims, the item really ordered; and what brands say of it.

-- What a creator says is hers although no slot says so. An operator decides.
create table order_claim (
    id            bigint generated always as identity,
    order_line_id uuid        not null,
    creator_id    uuid        not null,
    placement_id  bigint      not null,
    medium        text        not null,
    text          text        not null,
    claimed_by    uuid        not null,
    claimed_at    timestamptz not null,
    -- Null while nobody has decided.
    accepted      boolean,
    reason        text,
    decided_by    uuid,
    decided_at    timestamptz,
    constraint order_claim_pkey primary key (id),
    constraint order_claim_line_fkey foreign key (order_line_id) references order_line,
    constraint order_claim_creator_fkey foreign key (creator_id) references creator,
    constraint order_claim_placement_fkey foreign key (placement_id) references placement,
    constraint order_claim_claimed_by_fkey foreign key (claimed_by) references person,
    constraint order_claim_decided_by_fkey foreign key (decided_by) references person,
    constraint order_claim_text_given check (text <> ''),
    constraint order_claim_decided_whole check (
        (accepted is null) = (decided_by is null) and (accepted is null) = (decided_at is null)
        and (accepted is null) = (reason is null))
);

-- One open claim of a creator, and one accepted claim of all.
create unique index order_claim_open_key on order_claim (order_line_id, creator_id) where accepted is null;
create unique index order_claim_accepted_key on order_claim (order_line_id) where accepted;
create index order_claim_creator_idx on order_claim (creator_id, id desc);

alter table attribution
    -- The offer of the item that was ordered: campaign, brand and bonus follow it.
    add column ordered_offer_id uuid,
    -- Whether another item was ordered than the placement shows; null where either is not known.
    add column other_item       boolean,
    -- The touch that names the placement among those that shared the slot.
    add column touch_id         uuid,
    add column claim_id         bigint,
    add constraint attribution_ordered_offer_fkey foreign key (ordered_offer_id) references offer,
    add constraint attribution_claim_fkey foreign key (claim_id) references order_claim;

create index attribution_ordered_offer_idx on attribution (ordered_offer_id) where current;
create index attribution_uncertain_idx on attribution (order_line_id) where current and confidence <> 'EXACT';

-- The campaigns that a line belongs to: those of the ordered item that ran when it was paid and that its creator is
-- invited to, whatever the placement was made for.
create view attribution_campaign as
select a.id attribution_id, a.order_line_id, m.id campaign_id, m.brand_id
from attribution a
join order_line o on o.id = a.order_line_id
join campaign_offer f on f.offer_id = a.ordered_offer_id
join campaign m on m.id = f.campaign_id
    and m.from_at <= coalesce(o.paid_at, o.created_at) and coalesce(o.paid_at, o.created_at) < m.until_at
join campaign_creator i on i.campaign_id = m.id and i.creator_id = a.creator_id
where a.current;

-- What a brand says of an attribution, and what an operator decides of it; the last one holds.
create table attribution_review (
    id             bigint generated always as identity,
    attribution_id bigint      not null,
    verdict        text        not null,
    reason         text        not null,
    person_id      uuid        not null,
    reviewed_at    timestamptz not null,
    constraint attribution_review_pkey primary key (id),
    constraint attribution_review_attribution_fkey foreign key (attribution_id) references attribution,
    constraint attribution_review_person_fkey foreign key (person_id) references person,
    constraint attribution_review_verdict_known check (verdict in ('ACCEPTED', 'DISPUTED', 'UPHELD', 'REJECTED')),
    constraint attribution_review_reason_given check (reason <> '')
);

create index attribution_review_attribution_idx on attribution_review (attribution_id, id desc);

-- Where each reviewed attribution stands. A dispute that nobody decided lapses a week after the settlement; the time of
-- that is told, because only who asks knows what time it is.
create view attribution_review_state as
select distinct on (r.attribution_id)
       r.attribution_id, a.order_line_id, a.current, r.verdict, r.reason, r.reviewed_at,
       case when r.verdict = 'DISPUTED' and o.status = 'SETTLED' then o.settled_at + interval '7 days' end lapses_at
from attribution_review r
join attribution a on a.id = r.attribution_id
join order_line o on o.id = a.order_line_id
order by r.attribution_id, r.id desc;
