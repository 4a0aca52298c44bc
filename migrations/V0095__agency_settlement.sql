-- A statement, a payee, a payout item and a correction belong to a creator or to an agency (MCN) that shares in creators' income.

-- The accounts that a statement is about, by whose they are and what they are for; one holder has one of each part.
create view holder_account as
select a.id, a.owner, k.holder, k.part
from ledger_account a
join (values ('CREATOR_CONFIRMED', 'CREATOR', 'CONFIRMED'),
             ('CREATOR_HELD', 'CREATOR', 'HELD'),
             ('CREATOR_PAYABLE', 'CREATOR', 'PAYABLE'),
             ('CLAWBACK_DEBT', 'CREATOR', 'DEBT'),
             ('AGENCY_CONFIRMED', 'AGENCY', 'CONFIRMED'),
             ('AGENCY_PAYABLE', 'AGENCY', 'PAYABLE'),
             ('AGENCY_DEBT', 'AGENCY', 'DEBT')) as k (kind, holder, part) on k.kind = a.kind;

alter table statement
    drop constraint statement_version_key,
    alter column creator_id drop not null,
    add column agency_id uuid,
    add column holder_id uuid generated always as (coalesce(creator_id, agency_id)) stored,
    add constraint statement_version_key unique (holder_id, month, version),
    add constraint statement_agency_fkey foreign key (agency_id) references agency,
    add constraint statement_one_holder check (num_nonnulls(creator_id, agency_id) = 1);

-- On an agency's statement: whose line it has a share of, as it was when the month was locked.
alter table statement_line
    add column creator_id   uuid,
    add column creator_name text;

alter table payee
    drop constraint payee_pkey,
    alter column creator_id drop not null,
    add column agency_id uuid,
    add column holder_id uuid generated always as (coalesce(creator_id, agency_id)) stored,
    add constraint payee_pkey primary key (holder_id),
    add constraint payee_agency_fkey foreign key (agency_id) references agency,
    add constraint payee_one_holder check (num_nonnulls(creator_id, agency_id) = 1);

drop index payout_item_one_pending_key;
drop index payout_item_month_idx;
alter table payout_item
    drop constraint payout_item_creator_key,
    alter column creator_id drop not null,
    add column agency_id uuid,
    add column holder_id uuid generated always as (coalesce(creator_id, agency_id)) stored,
    add constraint payout_item_holder_key unique (payout_id, holder_id),
    add constraint payout_item_agency_fkey foreign key (agency_id) references agency,
    add constraint payout_item_one_holder check (num_nonnulls(creator_id, agency_id) = 1);

-- A holder is in one undecided payout at a time.
create unique index payout_item_one_pending_key on payout_item (holder_id) where state = 'PENDING';
create index payout_item_month_idx on payout_item (holder_id, month);

alter table adjustment
    alter column creator_id drop not null,
    add column agency_id uuid,
    add constraint adjustment_agency_fkey foreign key (agency_id) references agency,
    add constraint adjustment_one_holder check (num_nonnulls(creator_id, agency_id) = 1);

alter table evidence_chain
    drop constraint evidence_chain_kind_known,
    add constraint evidence_chain_kind_known check (kind in ('CREATOR', 'AGENCY', 'BRAND'));
