-- Order lines and their observations are looked up by their keys: telling of a thousand lines read all of them, and
-- observations had an index for it beside that of their constraint.

create or replace function tell_parents_of_order_lines() returns trigger language plpgsql as $$
begin
    insert into order_change (marketplaces, parent_nos)
    select array_agg(marketplace), array_agg(parent_no)
    from (select marketplace, parent_no, row_number() over () / 1000 part
        from (select distinct o.marketplace, o.parent_no
            from news n
            -- The offset keeps it a look-up: as a join it is a scan of all lines, until they are very many.
            cross join lateral (select marketplace, parent_no from order_line where id = n.order_line_id offset 0) o) d) p
    group by part;
    return null;
end $$;

-- An account belongs to one marketplace, so the constraint says what it said.
alter table order_observation
    drop constraint order_observation_content_key,
    add constraint order_observation_content_key unique (marketplace, line_key, account_id, content_hash);
drop index order_observation_line_idx;
