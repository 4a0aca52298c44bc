-- A request that arrives twice under one key is fulfilled once; the second time the first answer is given again.

create table idempotency_key (
    person_id  uuid        not null,
    key        text        not null,
    -- SHA-256 of the operation and the body: the same key with another body is a mistake.
    body_hash  bytea       not null,
    -- The answer as JSON; null while the request is being fulfilled.
    answer     text,
    created_at timestamptz not null,
    constraint idempotency_key_pkey primary key (person_id, key),
    constraint idempotency_key_person_fkey foreign key (person_id) references person,
    constraint idempotency_key_body_hash_length check (length(body_hash) = 32)
);

create index idempotency_key_created_idx on idempotency_key (created_at);
