-- What a fan sees of an offer: its picture, fetched once from the marketplace and from then on served by us.

create table offer_picture (
    offer_id   uuid        not null,
    -- Encoded anew by us from what was fetched; never the bytes of others.
    jpeg       bytea       not null,
    width      int         not null,
    height     int         not null,
    source_url text        not null,
    fetched_at timestamptz not null,
    constraint offer_picture_pkey primary key (offer_id),
    constraint offer_picture_offer_fkey foreign key (offer_id) references offer,
    constraint offer_picture_size check (length(jpeg) <= 61440),
    constraint offer_picture_dimensions_positive check (width > 0 and height > 0)
);
