-- Who takes in orders by the thousand spent nearly half of PostgreSQL's time on foreign keys, a query for each row and key.
-- Where what is referred to never goes away, one query for each statement and key shows the same: that it is there.

create function stays() returns trigger language plpgsql as $$
begin
    raise exception '% is referred to: its rows are never deleted and keep their keys', tg_table_name
        using errcode = 'restrict_violation';
end $$;

create trigger ledger_account_stays before delete or truncate or update of id on ledger_account
    for each statement execute function stays();
create trigger ledger_source_stays before delete or truncate or update of id on ledger_source
    for each statement execute function stays();
create trigger order_report_stays before delete or truncate or update of id on order_report
    for each statement execute function stays();
create trigger placement_stays before delete or truncate or update of id on placement
    for each statement execute function stays();
create trigger creator_stays before delete or truncate or update of id on creator
    for each statement execute function stays();
create trigger offer_stays before delete or truncate or update of id on offer
    for each statement execute function stays();
create trigger commission_rule_stays before delete or truncate or update of version on commission_rule
    for each statement execute function stays();

-- Its arguments are column, table and key, as often as needed.
create function references_hold() returns trigger language plpgsql as $$
declare
    missing text;
begin
    for i in 0 .. tg_nargs - 1 by 3 loop
        -- The offset keeps it a look-up by key: as a join it may read the whole table for a thousand rows.
        execute format('select n.key::text from (select distinct %I as key from news) n'
                || ' where n.key is not null and not exists (select from %I r where r.%I = n.key offset 0) limit 1',
            tg_argv[i], tg_argv[i + 1], tg_argv[i + 2]) into missing;
        if missing is not null then
            raise exception '%.% refers to % %, which is not there', tg_table_name, tg_argv[i], tg_argv[i + 1], missing
                using errcode = 'foreign_key_violation';
        end if;
    end loop;
    return null;
end $$;

alter table ledger_transfer
    drop constraint ledger_transfer_source_fkey,
    drop constraint ledger_transfer_debit_fkey,
    drop constraint ledger_transfer_credit_fkey;
-- They are never updated.
create trigger ledger_transfer_refers after insert on ledger_transfer
    referencing new table as news for each statement execute function references_hold(
        'source_id', 'ledger_source', 'id', 'debit_id', 'ledger_account', 'id', 'credit_id', 'ledger_account', 'id');

alter table order_observation drop constraint order_observation_report_fkey;
create trigger order_observation_refers after insert on order_observation
    referencing new table as news for each statement execute function references_hold('report_id', 'order_report', 'id');
create trigger order_observation_still_refers after update on order_observation
    referencing new table as news for each statement execute function references_hold('report_id', 'order_report', 'id');

alter table attribution
    drop constraint attribution_placement_fkey,
    drop constraint attribution_creator_fkey,
    drop constraint attribution_ordered_offer_fkey;
create trigger attribution_refers after insert on attribution
    referencing new table as news for each statement execute function references_hold(
        'placement_id', 'placement', 'id', 'creator_id', 'creator', 'id', 'ordered_offer_id', 'offer', 'id');
create trigger attribution_still_refers after update on attribution
    referencing new table as news for each statement execute function references_hold(
        'placement_id', 'placement', 'id', 'creator_id', 'creator', 'id', 'ordered_offer_id', 'offer', 'id');

alter table commission
    drop constraint commission_creator_fkey,
    drop constraint commission_placement_fkey,
    drop constraint commission_rule_fkey;
create trigger commission_refers after insert on commission
    referencing new table as news for each statement execute function references_hold(
        'creator_id', 'creator', 'id', 'placement_id', 'placement', 'id', 'rule_version', 'commission_rule', 'version');
create trigger commission_still_refers after update on commission
    referencing new table as news for each statement execute function references_hold(
        'creator_id', 'creator', 'id', 'placement_id', 'placement', 'id', 'rule_version', 'commission_rule', 'version');
