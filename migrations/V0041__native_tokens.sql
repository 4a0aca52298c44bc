-- Marketplaces' own tokens of NATIVE_TOKEN placements: they expire, are renewed before that, and leave a history.

create table native_token (
    id           bigint      generated always as identity,
    placement_id bigint      not null,
    -- As the marketplace made them; delivered without a change.
    text         text        not null,
    long_text    text,
    made_at      timestamptz not null,
    expires_at   timestamptz not null,
    -- When a newer one took its place; null while it is the placement's own.
    ended_at     timestamptz,
    -- Who made it known: a connector, or a person by hand.
    entered_by   uuid,
    constraint native_token_pkey primary key (id),
    constraint native_token_placement_fkey foreign key (placement_id) references placement,
    constraint native_token_entered_by_fkey foreign key (entered_by) references person,
    constraint native_token_text_given check (text <> '' and long_text <> ''),
    constraint native_token_lives check (made_at < expires_at),
    constraint native_token_ends_after_it_was_made check (ended_at >= made_at)
);

-- A placement has one token at a time.
create unique index native_token_current_key on native_token (placement_id) where ended_at is null;
create index native_token_placement_idx on native_token (placement_id, id desc);
-- For the list of posts that hold a dead one.
create index placement_native_token_idx on placement (id desc) where medium = 'NATIVE_TOKEN';
