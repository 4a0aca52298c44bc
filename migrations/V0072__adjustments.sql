-- What people correct by hand: one asks with a reason, another approves, then it is posted.

create table adjustment (
    id          uuid        not null,
    creator_id  uuid        not null,
    amount_fen  bigint      not null,
    reason      text        not null,
    state       text        not null,
    asked_by    uuid        not null,
    asked_at    timestamptz not null,
    decided_by  uuid,
    decided_at  timestamptz,
    constraint adjustment_pkey primary key (id),
    constraint adjustment_creator_fkey foreign key (creator_id) references creator,
    constraint adjustment_asked_by_fkey foreign key (asked_by) references person,
    constraint adjustment_decided_by_fkey foreign key (decided_by) references person,
    constraint adjustment_amount_moves check (amount_fen <> 0),
    constraint adjustment_reason_given check (reason <> ''),
    constraint adjustment_state_known check (state in ('ASKED', 'APPROVED', 'REJECTED')),
    constraint adjustment_decided_whole
        check ((state = 'ASKED') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    constraint adjustment_two_people check (state <> 'APPROVED' or decided_by <> asked_by)
);
