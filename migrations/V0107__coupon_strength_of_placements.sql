-- A coupon that is taken away must not change what reports say of the time when it was there: placements keep its strength.

-- How much a coupon takes off the price. As long as no marketplace has told the price, it has told no coupon either.
create function coupon_strength(price_fen bigint, coupon_fen bigint) returns text language sql immutable as $$
    select case when price_fen is null then 'unknown' when coupon_fen is null then 'none'
        when coupon_fen * 20 < price_fen then 'under-5%' when coupon_fen * 10 < price_fen then '5-10%'
        when coupon_fen * 5 < price_fen then '10-20%' else '20%-and-more' end
$$;

alter table placement
    -- By the terms that the offer had when the placement was made, or else by the first that were known since. Null as long
    -- as these still hold.
    add column coupon_strength text,
    add constraint placement_coupon_strength_known
        check (coupon_strength in ('none', 'under-5%', '5-10%', '10-20%', '20%-and-more'));

create function keep_coupon_strength() returns trigger language plpgsql as $$
begin
    update placement p set coupon_strength = coupon_strength(old.price_fen, old.coupon_fen)
    where p.offer_id = old.id and p.coupon_strength is null;
    return null;
end $$;

create trigger offer_terms_changed after update of price_fen, coupon_fen on offer
    for each row when (old.price_fen is not null
        and (old.price_fen, old.coupon_fen) is distinct from (new.price_fen, new.coupon_fen))
    execute function keep_coupon_strength();
