-- What marketplaces make for placements, links and tokens, is asked for apart from the request that makes a kit.

create table produced_link (
    placement_id bigint      not null,
    -- Whose slot the placement holds; the marketplace is asked for this account.
    account_id   uuid        not null,
    -- When to ask; while somebody asks, until when she has to have done so. Null while there is nothing to ask for.
    due_at       timestamptz,
    claim        uuid,
    -- In a row, since it was last answered.
    failures     int         not null default 0,
    asked_at     timestamptz,
    url          text,
    -- An operator put it: it stays, whatever is answered.
    by_hand      boolean     not null default false,
    -- Why there is no link, or no token; in kebab case. Without a due_at, until somebody changes something.
    refusal      text,
    -- What the marketplace said to it, or why it was not reached.
    words        text,
    constraint produced_link_pkey primary key (placement_id),
    constraint produced_link_placement_fkey foreign key (placement_id) references placement,
    constraint produced_link_account_fkey foreign key (account_id) references marketplace_account,
    constraint produced_link_url_https check (url like 'https://%'),
    constraint produced_link_by_hand_has_url check (not by_hand or url is not null),
    constraint produced_link_claim_ends check (claim is null or due_at is not null),
    constraint produced_link_failures_count check (failures >= 0)
);

create index produced_link_due_idx on produced_link (account_id, due_at, placement_id) where due_at is not null;
create index produced_link_refused_idx on produced_link (account_id, placement_id desc) where refusal is not null;

-- Of the placements that are there, whatever operators have put by hand stays as it is.
insert into produced_link (placement_id, account_id, due_at, url, by_hand)
select p.id, s.account_id, case when not h.by_hand or p.medium = 'NATIVE_TOKEN' then now() end,
    case when h.by_hand then p.destination end, h.by_hand
from placement p
    join slot_lease l on l.placement_id = p.id and (l.until_at is null or l.until_at > now())
    join slot s on s.id = l.slot_id
    cross join lateral (select p.earns_not is distinct from 'no-connection'
        and p.destination !~ '^https://(uland\.taobao\.com/coupon/edetail\?itemId=[^&]*&pid=[^&]*$|item\.jd\.com/[^?]*$|jingfen\.jd\.com/detail/[^?]*$|mobile\.yangkeduo\.com/goods\.html\?goods_(id|sign)=[^&]*$|haohuo\.jinritemai\.com/views/product/item2\?id=[^&]*$)'
        as by_hand) h
where p.disabled_at is null and (p.expires_at is null or p.expires_at > now())
on conflict do nothing;
