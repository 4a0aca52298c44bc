-- What opens where, watched: counts of ten minutes, the cells that are tested, and what the tests found.
create table openness_count (
    -- OPEN: pages shown, and opened from within minutes. ORDER: fans sent straight on, and orders that followed in hours.
    measure     text        not null,
    -- Start of the ten minutes in which the click was.
    bin         timestamptz not null,
    host_app    text        not null,
    -- 0 and empty stand for not known.
    app_major   int         not null,
    os          text        not null,
    scene       text        not null,
    marketplace text        not null,
    medium      text        not null,
    shown       bigint      not null,
    opened      bigint      not null,
    constraint openness_count_pkey primary key (bin, measure, host_app, app_major, os, scene, marketplace, medium),
    constraint openness_count_measure_known check (measure in ('OPEN', 'ORDER')),
    constraint openness_count_opened_of_shown check (opened between 0 and shown)
);
-- How far each measure is counted; whoever counts on locks the row.
create table openness_progress (
    measure       text        not null,
    counted_until timestamptz not null,
    constraint openness_progress_pkey primary key (measure)
);
-- A cell's test: which counts it has taken in.
create table openness_cell (
    measure     text        not null,
    host_app    text        not null,
    app_major   int         not null,
    os          text        not null,
    scene       text        not null,
    marketplace text        not null,
    medium      text        not null,
    -- The test that runs now looks at counts of then or later.
    started_at  timestamptz not null,
    constraint openness_cell_pkey primary key (measure, host_app, app_major, os, scene, marketplace, medium)
);
create table openness_alert (
    id          uuid        not null,
    measure     text        not null,
    host_app    text        not null,
    app_major   int         not null,
    os          text        not null,
    scene       text        not null,
    marketplace text        not null,
    medium      text        not null,
    -- When it most likely changed; the count that showed it ends at detected_at.
    changed_at  timestamptz not null,
    detected_at timestamptz not null,
    before_shown  bigint    not null,
    before_opened bigint    not null,
    after_shown   bigint    not null,
    after_opened  bigint    not null,
    -- Natural logarithm of the evidence against "nothing changed".
    evidence    float8      not null,
    -- The proposed rule; null if the rules say so already.
    delivery    text,
    posting     text,
    state       text        not null default 'OPEN',
    rule_version int,
    decided_at  timestamptz,
    decided_by  uuid,
    created_at  timestamptz not null,
    constraint openness_alert_pkey primary key (id),
    -- The same counts give the same alert, whoever looks at them and however often.
    constraint openness_alert_change_key
        unique (measure, host_app, app_major, os, scene, marketplace, medium, changed_at),
    constraint openness_alert_state_known check (state in ('OPEN', 'ACCEPTED', 'DISMISSED')),
    constraint openness_alert_proposal_whole check ((delivery is null) = (posting is null)),
    constraint openness_alert_accepted_has_rule check ((state = 'ACCEPTED') = (rule_version is not null)),
    constraint openness_alert_decided_by_somebody check ((state = 'OPEN') = (decided_at is null)),
    constraint openness_alert_rule_fkey foreign key (rule_version) references host_app_rule (version),
    constraint openness_alert_decided_by_fkey foreign key (decided_by) references person
);
create index openness_alert_state_idx on openness_alert (state, id desc);
-- Orders by their click: for the watch, and for every report of a period.
create index order_line_clicked_idx on order_line (clicked_at);
