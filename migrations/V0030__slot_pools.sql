-- Slots are leased before their placement is written, so that a placement is written once, complete; pools know how
-- much of them is kept to be shared, and whose links an account's are.

alter table marketplace_account
    -- Of every hundred slots so many are kept to be shared, for the time when the exclusive ones are used up.
    add column shared_percent int not null default 5,
    -- The PID that links of the account carry where slots are something else: PDD, Douyin, JD.
    add column pid text,
    add constraint marketplace_account_shared_percent_range check (shared_percent between 0 and 100),
    add constraint marketplace_account_pid_given check (pid <> '');

-- The placement follows within the same transaction.
alter table slot_lease drop constraint slot_lease_placement_fkey;
alter table slot_lease add constraint slot_lease_placement_fkey
    foreign key (placement_id) references placement deferrable initially deferred;

-- Every order asks who held its slot.
create index slot_lease_slot_idx on slot_lease (slot_id);
-- How fast a pool is used up.
create index slot_lease_from_idx on slot_lease (from_at);

-- 备案: before a PDD link earns, its PID and custom parameters have to be bound once by a person.
create table pdd_authority (
    account_id        uuid        not null,
    pid               text        not null,
    custom_parameters text        not null,
    state             text        not null,
    changed_at        timestamptz not null,
    constraint pdd_authority_pkey primary key (account_id, pid, custom_parameters),
    constraint pdd_authority_account_fkey foreign key (account_id) references marketplace_account,
    constraint pdd_authority_state_known check (state in ('UNKNOWN', 'BOUND', 'UNBOUND')),
    constraint pdd_authority_custom_parameters_size check (octet_length(custom_parameters) <= 64)
);
