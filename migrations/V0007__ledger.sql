-- The books: transfers between two accounts, each of a positive amount, never changed or deleted.

create table ledger_account (
    id    bigint generated always as identity,
    kind  text not null,
    -- Whose account it is: a creator's id, a marketplace; empty where there is one of its kind.
    owner text not null default '',
    constraint ledger_account_pkey primary key (id),
    constraint ledger_account_kind_owner_key unique (kind, owner)
);

-- What transfers come from; its row is the lock under which they are posted.
create table ledger_source (
    id      bigint generated always as identity,
    name    text not null,
    version int  not null default 0,
    constraint ledger_source_pkey primary key (id),
    constraint ledger_source_name_key unique (name)
);

create table ledger_month_lock (
    month     date        not null,
    locked_at timestamptz not null,
    constraint ledger_month_lock_pkey primary key (month),
    constraint ledger_month_lock_first_day check (extract(day from month) = 1)
);

create table ledger_transfer (
    id             bigint generated always as identity,
    source_id      bigint      not null,
    source_version int         not null,
    debit_id       bigint      not null,
    credit_id      bigint      not null,
    amount_fen     bigint      not null,
    -- First day of the posting month.
    month          date        not null,
    reason         text        not null,
    posted_at      timestamptz not null,
    constraint ledger_transfer_pkey primary key (id),
    constraint ledger_transfer_source_key unique (source_id, source_version, debit_id, credit_id),
    constraint ledger_transfer_source_fkey foreign key (source_id) references ledger_source,
    constraint ledger_transfer_debit_fkey foreign key (debit_id) references ledger_account,
    constraint ledger_transfer_credit_fkey foreign key (credit_id) references ledger_account,
    constraint ledger_transfer_amount_positive check (amount_fen > 0),
    constraint ledger_transfer_two_accounts check (debit_id <> credit_id),
    constraint ledger_transfer_month_first_day check (extract(day from month) = 1)
);

create index ledger_transfer_debit_idx on ledger_transfer (debit_id, month);
create index ledger_transfer_credit_idx on ledger_transfer (credit_id, month);

create function ledger_transfer_is_immutable() returns trigger language plpgsql as $$
begin
    raise exception 'ledger transfers are never changed or deleted' using errcode = 'restrict_violation';
end $$;

create trigger ledger_transfer_immutable before update or delete or truncate on ledger_transfer
    for each statement execute function ledger_transfer_is_immutable();

-- A locked month never moves. The shared lock makes a posting and the lock of its month wait for each other.
create function ledger_transfer_month_is_open() returns trigger language plpgsql as $$
declare
    posted date;
begin
    for posted in select distinct month from posted_transfer order by month loop
        perform pg_advisory_xact_lock_shared(hashtext('ledger-month'), posted - date '2000-01-01');
        if exists (select from ledger_month_lock where month = posted) then
            raise exception 'the month % is locked', to_char(posted, 'YYYY-MM') using errcode = 'check_violation';
        end if;
    end loop;
    return null;
end $$;

create trigger ledger_transfer_open_month after insert on ledger_transfer
    referencing new table as posted_transfer
    for each statement execute function ledger_transfer_month_is_open();

create function ledger_month_lock_waits() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('ledger-month'), new.month - date '2000-01-01');
    return new;
end $$;

create trigger ledger_month_lock_waits before insert on ledger_month_lock
    for each row execute function ledger_month_lock_waits();
