-- Where somebody is paid may change while a payout waits: then an approver looks again before it is exported.
alter table payout_item
    -- When an approver last said that the item goes where the payout says, although the payee has changed.
    add column payee_confirmed_at timestamptz;
