-- Counts of orders by where and when their buyers clicked, so that a report's cost does not grow with the orders.

-- Parent orders of which something changed. One row for each statement that changed some (a thousand at most, else more
-- rows), so that telling costs next to nothing; never updated, so nobody waits for whoever counts.
create table order_change (
    id           bigint generated always as identity,
    written_at   timestamptz not null default now(),
    marketplaces text[]      not null,
    parent_nos   text[]      not null,
    constraint order_change_pkey primary key (id),
    constraint order_change_pairs check (cardinality(marketplaces) = cardinality(parent_nos))
);

create function tell_order_lines() returns trigger language plpgsql as $$
begin
    insert into order_change (marketplaces, parent_nos)
    select array_agg(marketplace), array_agg(parent_no)
    from (select marketplace, parent_no, row_number() over () / 1000 part
        from (select distinct marketplace, parent_no from news) d) p
    group by part;
    return null;
end $$;

-- Both the parent that a line had and the one that it has now.
create function tell_changed_order_lines() returns trigger language plpgsql as $$
begin
    insert into order_change (marketplaces, parent_nos)
    select array_agg(marketplace), array_agg(parent_no)
    from (select marketplace, parent_no, row_number() over () / 1000 part
        from (select distinct v.marketplace, v.parent_no
            from news n join olds o on o.id = n.id
            cross join lateral (values (n.marketplace, n.parent_no), (o.marketplace, o.parent_no)) v (marketplace, parent_no)
            where (n.parent_no, n.status, n.paid_fen, n.clicked_at, n.created_at, n.paid_at)
                is distinct from (o.parent_no, o.status, o.paid_fen, o.clicked_at, o.created_at, o.paid_at)) d) p
    group by part;
    return null;
end $$;

create function tell_parents_of_order_lines() returns trigger language plpgsql as $$
begin
    insert into order_change (marketplaces, parent_nos)
    select array_agg(marketplace), array_agg(parent_no)
    from (select marketplace, parent_no, row_number() over () / 1000 part
        from (select distinct o.marketplace, o.parent_no from news n join order_line o on o.id = n.order_line_id) d) p
    group by part;
    return null;
end $$;

create trigger order_line_inserted after insert on order_line
    referencing new table as news for each statement execute function tell_order_lines();
create trigger order_line_updated after update on order_line
    referencing old table as olds new table as news for each statement execute function tell_changed_order_lines();
create trigger attribution_inserted after insert on attribution
    referencing new table as news for each statement execute function tell_parents_of_order_lines();
create trigger attribution_updated after update on attribution
    referencing new table as news for each statement execute function tell_parents_of_order_lines();
create trigger commission_inserted after insert on commission
    referencing new table as news for each statement execute function tell_parents_of_order_lines();
create trigger commission_updated after update on commission
    referencing new table as news for each statement execute function tell_parents_of_order_lines();

-- What a parent order is counted as: its lines of one click day with one attribution together, so that a parent with two
-- lines on a placement counts once. Taken out of the counts and made anew when something of the parent changes.
create table rollup_order_part (
    marketplace   text        not null,
    parent_no     text        not null,
    -- Of the click; of the order where no click is known.
    day           date        not null,
    -- 0 where no placement is known.
    placement_id  bigint      not null,
    -- The nil id where nobody is known; what follows is only told apart from the placement where that is not known.
    creator_id    uuid        not null,
    medium        text        not null,
    confidence    text        not null,
    -- Start of the hour of the first click.
    hour          timestamptz not null,
    -- Inferred: that of the last person's act on the placement before the click; UNKNOWN without one.
    os            text        not null,
    -- Whole days from the click to the order.
    age           int         not null,
    -- Whether the parent has no other part; the others must not be summed as if they were distinct orders.
    alone         boolean     not null,
    paid          int         not null,
    received      int         not null,
    settled       int         not null,
    invalid       int         not null,
    gmv_fen       bigint      not null,
    estimated_fen bigint      not null,
    settled_fen   bigint      not null,
    constraint rollup_order_part_pkey
        primary key (marketplace, parent_no, day, placement_id, creator_id, medium, confidence)
);

create index rollup_order_part_day_idx on rollup_order_part (day);
create index rollup_order_part_together_idx on rollup_order_part (day) where not alone;

create table rollup_order_hour (
    day           date        not null,
    placement_id  bigint      not null,
    hour          timestamptz not null,
    creator_id    uuid        not null,
    medium        text        not null,
    confidence    text        not null,
    -- Distinct parent orders: paid or further, received or further, settled, invalid as a whole.
    paid          bigint      not null,
    received      bigint      not null,
    settled       bigint      not null,
    invalid       bigint      not null,
    -- Of lines that are paid or further: what buyers paid, and the creator's shares.
    gmv_fen       bigint      not null,
    estimated_fen bigint      not null,
    settled_fen   bigint      not null,
    constraint rollup_order_hour_pkey primary key (day, placement_id, hour, creator_id, medium, confidence)
);

create table rollup_order_day (
    day           date   not null,
    placement_id  bigint not null,
    creator_id    uuid   not null,
    medium        text   not null,
    confidence    text   not null,
    os            text   not null,
    age           int    not null,
    paid          bigint not null,
    received      bigint not null,
    settled       bigint not null,
    invalid       bigint not null,
    gmv_fen       bigint not null,
    estimated_fen bigint not null,
    settled_fen   bigint not null,
    constraint rollup_order_day_pkey primary key (day, placement_id, creator_id, medium, confidence, os, age)
);

-- Days summed over weeks that begin on Mondays, over OS and age too: what long reports read.
create table rollup_order_week (
    week          date   not null,
    placement_id  bigint not null,
    creator_id    uuid   not null,
    medium        text   not null,
    confidence    text   not null,
    paid          bigint not null,
    received      bigint not null,
    settled       bigint not null,
    invalid       bigint not null,
    gmv_fen       bigint not null,
    estimated_fen bigint not null,
    settled_fen   bigint not null,
    constraint rollup_order_week_pkey primary key (week, placement_id, creator_id, medium, confidence),
    constraint rollup_order_week_monday check (extract(isodow from week) = 1)
);

-- What is there already is to be counted.
insert into order_change (marketplaces, parent_nos)
select array_agg(marketplace), array_agg(parent_no)
from (select marketplace, parent_no, row_number() over () / 1000 part
    from (select distinct marketplace, parent_no from order_line) d) p
group by part;
