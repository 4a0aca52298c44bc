-- What the attributions of a locked month rested on, line by line, each chained to the one before it by its hash.

create table evidence_chain (
    id        bigint generated always as identity,
    month     date        not null,
    kind      text        not null,
    owner     uuid        not null,
    lines     int         not null,
    -- SHA-256 over everything before it; printed on the statement.
    head      bytea       not null,
    frozen_at timestamptz not null,
    constraint evidence_chain_pkey primary key (id),
    constraint evidence_chain_owner_key unique (month, kind, owner),
    constraint evidence_chain_month_first_day check (extract(day from month) = 1),
    constraint evidence_chain_kind_known check (kind in ('CREATOR', 'BRAND')),
    constraint evidence_chain_head_length check (length(head) = 32)
);

create table evidence_line (
    chain_id bigint not null,
    position int    not null,
    text     text   not null,
    constraint evidence_line_pkey primary key (chain_id, position),
    constraint evidence_line_chain_fkey foreign key (chain_id) references evidence_chain
);

create function evidence_is_immutable() returns trigger language plpgsql as $$
begin
    raise exception 'frozen evidence is never changed or deleted' using errcode = 'restrict_violation';
end $$;

create trigger evidence_chain_immutable before update or delete or truncate on evidence_chain
    for each statement execute function evidence_is_immutable();
create trigger evidence_line_immutable before update or delete or truncate on evidence_line
    for each statement execute function evidence_is_immutable();
