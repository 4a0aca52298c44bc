-- A request that comes twice because its answer was lost asks for one correction.
alter table adjustment
    add column asked_key text,
    add constraint adjustment_asked_once unique (asked_by, asked_key);
