-- What is told of order lines beside their observations: refunds, punishments, and what people decide.

alter table order_line
    -- Frozen by its marketplace for a violation.
    add column frozen        boolean not null default false,
    -- Held by an operator.
    add column held          boolean not null default false,
    -- Whether there is anything to read in the tables below: most lines have neither.
    add column has_refunds   boolean not null default false,
    add column has_decisions boolean not null default false;

-- A refund that comes before its line makes the line, which then needs review until it is observed itself.
create table order_refund_observation (
    id           bigint generated always as identity,
    account_id   uuid        not null,
    marketplace  text        not null,
    refund_id    text        not null,
    line_key     text        not null,
    -- SHA-256 of what it says, its time included.
    content_hash bytea       not null,
    as_of        timestamptz,
    content      jsonb       not null,
    -- As received; never shown to creators.
    raw          jsonb       not null,
    observed_at  timestamptz not null,
    constraint order_refund_observation_pkey primary key (id),
    constraint order_refund_observation_content_key unique (account_id, refund_id, content_hash),
    constraint order_refund_observation_line_fkey foreign key (marketplace, line_key)
        references order_line (marketplace, line_key),
    constraint order_refund_observation_account_fkey foreign key (account_id) references marketplace_account,
    constraint order_refund_observation_hash_length check (length(content_hash) = 32)
);

create index order_refund_observation_line_idx on order_refund_observation (marketplace, line_key);

-- By order number, because marketplaces do not name lines here; the order may come later.
create table order_punishment_observation (
    id           bigint generated always as identity,
    account_id   uuid        not null,
    marketplace  text        not null,
    order_no     text        not null,
    frozen       boolean     not null,
    violation    text,
    as_of        timestamptz,
    content_hash bytea       not null,
    raw          jsonb       not null,
    observed_at  timestamptz not null,
    constraint order_punishment_observation_pkey primary key (id),
    constraint order_punishment_observation_content_key unique (account_id, order_no, content_hash),
    constraint order_punishment_observation_account_fkey foreign key (account_id) references marketplace_account,
    constraint order_punishment_observation_hash_length check (length(content_hash) = 32)
);

create index order_punishment_observation_order_idx on order_punishment_observation (marketplace, order_no);

-- Which of several contradicting reports a person believes.
create table order_decision (
    id            bigint generated always as identity,
    order_line_id uuid        not null,
    -- Null where reports of the line itself contradict each other.
    refund_id     text,
    -- Content hashes in hex: the one believed, and all that it was chosen from. A decision says nothing about others.
    chosen        text        not null,
    among         text[]      not null,
    -- What an unknown status means; null where the report believed has a known one.
    status        text,
    reason        text        not null,
    decided_by    uuid        not null,
    decided_at    timestamptz not null,
    constraint order_decision_pkey primary key (id),
    constraint order_decision_line_fkey foreign key (order_line_id) references order_line,
    constraint order_decision_person_fkey foreign key (decided_by) references person,
    constraint order_decision_chosen_from_them check (chosen = any (among)),
    constraint order_decision_reason_given check (reason <> '')
);

create index order_decision_line_idx on order_decision (order_line_id);

create table order_hold (
    id            bigint generated always as identity,
    order_line_id uuid        not null,
    held          boolean     not null,
    reason        text        not null,
    decided_by    uuid        not null,
    decided_at    timestamptz not null,
    constraint order_hold_pkey primary key (id),
    constraint order_hold_line_fkey foreign key (order_line_id) references order_line,
    constraint order_hold_person_fkey foreign key (decided_by) references person,
    constraint order_hold_reason_given check (reason <> '')
);

create index order_hold_line_idx on order_hold (order_line_id);
