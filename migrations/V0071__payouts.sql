-- Money sent to creators: who is paid where, tax settings, batches that two people make, and what became of each item.

create table payee (
    creator_id     uuid        not null,
    channel        text        not null,
    name           text        not null,
    account        text        not null,
    bank           text,
    -- Why she is not to be paid; null if she may be.
    blocked_reason text,
    changed_by     uuid        not null,
    changed_at     timestamptz not null,
    constraint payee_pkey primary key (creator_id),
    constraint payee_creator_fkey foreign key (creator_id) references creator,
    constraint payee_changed_by_fkey foreign key (changed_by) references person,
    constraint payee_channel_known check (channel in ('ALIPAY', 'BANK')),
    constraint payee_name_given check (name <> ''),
    constraint payee_account_given check (account <> ''),
    constraint payee_bank_named check ((channel = 'BANK') = (bank is not null)),
    constraint payee_blocked_says_why check (blocked_reason <> '')
);

-- How tax is withheld from a day on; what is not set withholds nothing.
create table tax_setting (
    effective_from date        not null,
    method         text        not null,
    set_by         uuid        not null,
    set_at         timestamptz not null,
    constraint tax_setting_pkey primary key (effective_from),
    constraint tax_setting_set_by_fkey foreign key (set_by) references person,
    constraint tax_setting_method_known check (method in ('OFF', 'PER_PAYOUT', 'MONTHLY'))
);

create table payout (
    id           uuid        not null,
    state        text        not null,
    channel      text        not null,
    minimum_fen  bigint      not null,
    hold_days    int         not null,
    made_by      uuid        not null,
    made_at      timestamptz not null,
    approved_by  uuid,
    approved_at  timestamptz,
    cancelled_by uuid,
    cancelled_at timestamptz,
    -- The file as it was first exported; every later export is the same.
    file         bytea,
    exported_at  timestamptz,
    constraint payout_pkey primary key (id),
    constraint payout_made_by_fkey foreign key (made_by) references person,
    constraint payout_approved_by_fkey foreign key (approved_by) references person,
    constraint payout_cancelled_by_fkey foreign key (cancelled_by) references person,
    constraint payout_two_people check (approved_by <> made_by),
    constraint payout_state_known check (state in ('DRAFT', 'APPROVED', 'EXPORTED', 'CANCELLED')),
    constraint payout_approved_whole check ((approved_by is null) = (approved_at is null)),
    constraint payout_approved_before_sent check (state not in ('APPROVED', 'EXPORTED') or approved_by is not null),
    constraint payout_cancelled_whole check ((state = 'CANCELLED') = (cancelled_at is not null)),
    constraint payout_exported_whole check ((state = 'EXPORTED') = (file is not null)
        and (file is null) = (exported_at is null)),
    constraint payout_channel_known check (channel in ('ALIPAY', 'BANK')),
    constraint payout_minimum_positive check (minimum_fen > 0),
    constraint payout_hold_not_negative check (hold_days >= 0)
);

create table payout_item (
    id            uuid        not null,
    payout_id     uuid        not null,
    creator_id    uuid        not null,
    gross_fen     bigint      not null,
    tax_fen       bigint      not null,
    net_fen       bigint      not null,
    tax_method    text        not null,
    -- The month whose income this is for the tax office.
    month         date        not null,
    payee_name    text        not null,
    payee_account text        not null,
    payee_bank    text,
    state         text        not null,
    -- Why it failed.
    failure       text,
    -- What the bank calls it.
    reference     text,
    changed_at    timestamptz not null,
    constraint payout_item_pkey primary key (id),
    constraint payout_item_creator_key unique (payout_id, creator_id),
    constraint payout_item_payout_fkey foreign key (payout_id) references payout,
    constraint payout_item_creator_fkey foreign key (creator_id) references creator,
    constraint payout_item_state_known check (state in ('PENDING', 'PAID', 'FAILED', 'CANCELLED')),
    constraint payout_item_failed_says_why check ((state = 'FAILED') = (failure is not null)),
    constraint payout_item_adds_up check (net_fen + tax_fen = gross_fen and net_fen > 0 and tax_fen >= 0)
);

-- A creator is in one undecided payout at a time.
create unique index payout_item_one_pending_key on payout_item (creator_id) where state = 'PENDING';
create index payout_item_month_idx on payout_item (creator_id, month);
