-- Pictures to post, with QR code and token: drawn when first asked for, and anew when what they show has changed.

create table placement_picture (
    placement_id bigint      not null,
    ratio        text        not null,
    -- Of all that the picture shows: another one makes this picture stale.
    content_hash text        not null,
    png          bytea       not null,
    made_at      timestamptz not null,
    constraint placement_picture_pkey primary key (placement_id, ratio),
    constraint placement_picture_placement_fkey foreign key (placement_id) references placement,
    constraint placement_picture_ratio_known check (ratio in ('1:1', '3:4')),
    constraint placement_picture_size check (length(png) between 1 and 8388608)
);
