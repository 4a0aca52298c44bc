-- Who may do what: people, the role that each has, and the API keys that speak for them.

create table creator (
    id         uuid        not null,
    name       text        not null,
    created_at timestamptz not null,
    constraint creator_pkey primary key (id),
    constraint creator_name_given check (name <> '')
);

create table brand (
    id         uuid        not null,
    name       text        not null,
    created_at timestamptz not null,
    constraint brand_pkey primary key (id),
    constraint brand_name_key unique (name),
    constraint brand_name_given check (name <> '')
);

create table person (
    id           uuid        not null,
    login        text        not null,
    display_name text        not null,
    role         text        not null,
    creator_id   uuid,
    brand_id     uuid,
    created_at   timestamptz not null,
    disabled_at  timestamptz,
    constraint person_pkey primary key (id),
    constraint person_login_key unique (login),
    constraint person_login_form check (login ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
    constraint person_role_known check (role in ('CREATOR', 'BRAND', 'FINANCE', 'OPERATOR', 'AUDITOR')),
    constraint person_creator_fkey foreign key (creator_id) references creator,
    constraint person_brand_fkey foreign key (brand_id) references brand,
    constraint person_creator_has_creator check ((role = 'CREATOR') = (creator_id is not null)),
    constraint person_brand_has_brand check ((role = 'BRAND') = (brand_id is not null))
);

-- The key itself is never stored: SHA-256 of it is enough, because keys are long and random.
create table api_key (
    id         uuid        not null,
    person_id  uuid        not null,
    hash       bytea       not null,
    label      text        not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    constraint api_key_pkey primary key (id),
    constraint api_key_hash_key unique (hash),
    constraint api_key_hash_length check (length(hash) = 32),
    constraint api_key_person_fkey foreign key (person_id) references person
);

create table audit_entry (
    id        bigint generated always as identity,
    at        timestamptz not null,
    person_id uuid,
    action    text        not null,
    subject   text        not null,
    detail    jsonb       not null default '{}',
    constraint audit_entry_pkey primary key (id),
    constraint audit_entry_person_fkey foreign key (person_id) references person
);

-- Keys that all nodes must share and that nobody chooses: made once, by the first node that needs one.
create table secret_key (
    name       text        not null,
    value      bytea       not null,
    created_at timestamptz not null default now(),
    constraint secret_key_pkey primary key (name),
    constraint secret_key_length check (length(value) >= 32)
);
