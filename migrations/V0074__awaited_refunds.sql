-- What a marketplace has yet to take back is known: such differences are told apart, and leave no remainder.

alter table reconciliation
    add column awaited     int    not null default 0,
    -- Theirs less ours of the rows whose refunds the marketplace has not taken back yet.
    add column awaited_fen bigint not null default 0,
    drop constraint reconciliation_remainder_adds_up,
    add constraint reconciliation_remainder_adds_up check (remainder_fen = theirs_fen - ours_fen - awaited_fen);

alter table reconciliation_row
    drop constraint reconciliation_row_kind_known,
    add constraint reconciliation_row_kind_known
        check (kind in ('MATCHED', 'AWAITED', 'DIFFERENT', 'ONLY_HERE', 'ONLY_THERE'));
