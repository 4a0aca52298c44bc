-- Months are locked in order by two people; what stood at the lock is kept as it was and never changes again.

-- A posting and the lock of a month wait for each other whatever month the posting is for: a month before the last
-- locked one is closed too, and one lock for all of them cannot be taken in two orders.
create or replace function ledger_transfer_month_is_open() returns trigger language plpgsql as $$
declare
    posted date;
begin
    perform pg_advisory_xact_lock_shared(hashtext('ledger-month'), 0);
    select min(month) into posted from posted_transfer;
    if exists (select from ledger_month_lock where month >= posted) then
        raise exception 'the month % is locked', to_char(posted, 'YYYY-MM') using errcode = 'check_violation';
    end if;
    return null;
end $$;

create or replace function ledger_month_lock_waits() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('ledger-month'), 0);
    return new;
end $$;

create function ledger_month_lock_stands() returns trigger language plpgsql as $$
begin
    raise exception 'a locked month is never opened again' using errcode = 'restrict_violation';
end $$;

create trigger ledger_month_lock_stands before update or delete or truncate on ledger_month_lock
    for each statement execute function ledger_month_lock_stands();

create index ledger_transfer_month_idx on ledger_transfer (month);

-- Who asked for a month's lock, and who else approved it.
create table month_lock (
    month       date        not null,
    asked_by    uuid        not null,
    asked_at    timestamptz not null,
    approved_by uuid,
    approved_at timestamptz,
    constraint month_lock_pkey primary key (month),
    constraint month_lock_asked_by_fkey foreign key (asked_by) references person,
    constraint month_lock_approved_by_fkey foreign key (approved_by) references person,
    constraint month_lock_two_people check (approved_by <> asked_by),
    constraint month_lock_approved_whole check ((approved_by is null) = (approved_at is null)),
    constraint month_lock_first_day check (extract(day from month) = 1)
);

-- A creator's month. All amounts are sums of ledger transfers of that month.
create table statement (
    id              uuid        not null,
    creator_id      uuid        not null,
    month           date        not null,
    version         int         not null default 1,
    opening_fen     bigint      not null,
    -- Lines that are on a statement for the first time.
    orders_fen      bigint      not null default 0,
    -- What changed on lines of earlier, locked months.
    adjustments_fen bigint      not null default 0,
    tiers_fen       bigint      not null default 0,
    bonuses_fen     bigint      not null default 0,
    -- What people adjusted by hand.
    manual_fen      bigint      not null default 0,
    -- What went into payouts, less what came back, and the tax that was withheld of it.
    paid_fen        bigint      not null,
    tax_fen         bigint      not null,
    closing_fen     bigint      not null,
    -- For her information, in none of the sums: what was held at the end of the month, and the technical service fees
    -- that her lines bore.
    held_fen        bigint      not null,
    fee_fen         bigint      not null default 0,
    lines           bigint      not null default 0,
    -- The head of the hash chain over the attributions that the statement rests on.
    evidence_head   text,
    locked_at       timestamptz not null,
    constraint statement_pkey primary key (id),
    constraint statement_version_key unique (creator_id, month, version),
    constraint statement_creator_fkey foreign key (creator_id) references creator,
    constraint statement_month_first_day check (extract(day from month) = 1)
);

create index statement_month_idx on statement (month);

-- No foreign keys to orders: the lock of a month must never wait for those who hold order lines.
create table statement_line (
    id             bigint generated always as identity,
    statement_id   uuid   not null,
    -- The source in the books.
    source         text   not null,
    kind           text   not null,
    amount_fen     bigint not null,
    -- Of an adjustment: the month of the statement that the line was on first.
    original_month date,
    order_line_id  uuid,
    order_no       text,
    marketplace    text,
    item_title     text,
    code           text,
    platform       text,
    medium         text,
    paid_fen       bigint,
    fee_fen        bigint,
    fee_assumed    boolean,
    reason         text   not null,
    constraint statement_line_pkey primary key (id),
    constraint statement_line_source_key unique (statement_id, source),
    constraint statement_line_statement_fkey foreign key (statement_id) references statement,
    constraint statement_line_kind_known check (kind in ('ORDER', 'ADJUSTMENT', 'TIER', 'BONUS', 'MANUAL', 'OTHER')),
    constraint statement_line_moves_something check (amount_fen <> 0)
);

create index statement_line_statement_idx on statement_line (statement_id, id);

-- The commissions of a closed month as they stood at its lock: its files are made of these.
create table closed_commission (
    month         date    not null,
    order_line_id uuid    not null,
    order_no      text    not null,
    parent_no     text    not null,
    marketplace   text    not null,
    status        text    not null,
    item_title    text,
    creator_id    uuid,
    creator_name  text,
    code          text,
    platform      text,
    scene         text,
    medium        text,
    label         text,
    paid_fen      bigint  not null,
    estimated_fen bigint  not null,
    settled_fen   bigint  not null,
    amount_fen    bigint  not null,
    fee_fen       bigint  not null,
    fee_assumed   boolean not null,
    confidence    text    not null,
    paid_at       timestamptz,
    settled_at    timestamptz,
    constraint closed_commission_pkey primary key (month, order_line_id)
);

create index closed_commission_line_idx on closed_commission (order_line_id);
create index closed_commission_creator_idx on closed_commission (creator_id, month);

-- Written while the month is being locked, never touched after.
create function closed_month_stands() returns trigger language plpgsql as $$
declare
    touched date;
begin
    if tg_table_name = 'statement_line' then
        select month into touched from statement where id = old.statement_id;
    else
        touched := old.month;
    end if;
    if exists (select from ledger_month_lock where month >= touched) then
        raise exception 'the month % is locked', to_char(touched, 'YYYY-MM') using errcode = 'check_violation';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;

create function closed_months_are_kept() returns trigger language plpgsql as $$
begin
    raise exception 'what stood when a month was locked is never deleted' using errcode = 'restrict_violation';
end $$;

create function closed_months_stand() returns trigger language plpgsql as $$
declare
    touched date;
begin
    select min(month) into touched from inserted;
    if exists (select from ledger_month_lock where month >= touched) then
        raise exception 'the month % is locked', to_char(touched, 'YYYY-MM') using errcode = 'check_violation';
    end if;
    return null;
end $$;

create function closed_lines_stand() returns trigger language plpgsql as $$
begin
    if exists (select from inserted i join statement s on s.id = i.statement_id
               join ledger_month_lock l on l.month >= s.month) then
        raise exception 'the month of the statement is locked' using errcode = 'check_violation';
    end if;
    return null;
end $$;

create trigger statement_stands before update or delete on statement
    for each row execute function closed_month_stands();
create trigger statement_line_stands before update or delete on statement_line
    for each row execute function closed_month_stands();
create trigger closed_commission_stands before update or delete on closed_commission
    for each row execute function closed_month_stands();
create trigger statement_no_news after insert on statement
    referencing new table as inserted for each statement execute function closed_months_stand();
create trigger closed_commission_no_news after insert on closed_commission
    referencing new table as inserted for each statement execute function closed_months_stand();
create trigger statement_line_no_news after insert on statement_line
    referencing new table as inserted for each statement execute function closed_lines_stand();
create trigger statement_kept before truncate on statement
    for each statement execute function closed_months_are_kept();
create trigger statement_line_kept before truncate on statement_line
    for each statement execute function closed_months_are_kept();
create trigger closed_commission_kept before truncate on closed_commission
    for each statement execute function closed_months_are_kept();
