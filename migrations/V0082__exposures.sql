-- Views of posts, as creators read them off the platforms that show them: the denominator that link and token share even
-- where nothing of a token is seen.

create table exposure (
    placement_id bigint      not null,
    day          date        not null,
    views        bigint      not null,
    entered_by   uuid        not null,
    entered_at   timestamptz not null,
    -- Entering a day again replaces it.
    constraint exposure_pkey primary key (placement_id, day),
    constraint exposure_placement_fkey foreign key (placement_id) references placement,
    constraint exposure_entered_by_fkey foreign key (entered_by) references person,
    constraint exposure_views_not_negative check (views >= 0)
);
