-- Where somebody is paid may change while a payout waits: then an approver looks again before it is exported.
alter table payout_item
    -- When the payee that an approver last saw was changed, saying that the item goes where the payout says nevertheless.
    add column payee_seen_at timestamptz;
