-- How often native tokens were opened, as their marketplace counts it: reported counts, apart from touches that we saw.

create table native_token_count (
    native_token_id bigint      not null,
    -- The hour in which it was asked, by its first instant.
    hour            timestamptz not null,
    asked_at        timestamptz not null,
    -- Opened, and by how many, in the hour before, and since the token was made. Null where nothing was told.
    hour_views      bigint,
    hour_visitors   bigint,
    views           bigint,
    visitors        bigint,
    constraint native_token_count_pkey primary key (native_token_id, hour),
    constraint native_token_count_token_fkey foreign key (native_token_id) references native_token,
    constraint native_token_count_whole check ((views is null) = (hour_views is null)
        and (views is null) = (visitors is null) and (views is null) = (hour_visitors is null))
);

-- Slots whose tokens a marketplace warns about or has blocked, as it last said.
create table native_token_risk (
    account_id uuid        not null,
    slot       text        not null,
    blocked    boolean     not null,
    raw        jsonb       not null,
    told_at    timestamptz not null,
    constraint native_token_risk_pkey primary key (account_id, slot),
    constraint native_token_risk_account_fkey foreign key (account_id) references marketplace_account
);
