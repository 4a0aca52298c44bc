-- Randomised splits: one posted code leads people to one of two placements with slots of their own.
create table experiment (
    id            uuid        not null,
    name          text        not null,
    creator_id    uuid        not null,
    -- Of every hundred people so many are shown the token's landing page.
    token_percent int         not null,
    -- At how many people in all it ends, chosen before the first of them.
    planned       bigint      not null,
    state         text        not null default 'DRAFT',
    created_at    timestamptz not null,
    created_by    uuid        not null,
    started_at    timestamptz,
    stopped_at    timestamptz,
    -- Why it was stopped.
    reason        text,
    constraint experiment_pkey primary key (id),
    constraint experiment_name_key unique (creator_id, name),
    constraint experiment_creator_fkey foreign key (creator_id) references creator,
    constraint experiment_created_by_fkey foreign key (created_by) references person,
    constraint experiment_name_given check (name <> ''),
    constraint experiment_splits check (token_percent between 10 and 90),
    constraint experiment_planned_enough check (planned >= 200),
    constraint experiment_state_known check (state in ('DRAFT', 'RUNNING', 'STOPPED')),
    constraint experiment_started check ((state = 'DRAFT') = (started_at is null)),
    constraint experiment_stopped check ((state = 'STOPPED') = (stopped_at is not null)),
    constraint experiment_stopped_says_why check ((stopped_at is null) = (reason is null))
);

create table experiment_placement (
    experiment_id uuid    not null,
    -- ENTRY is posted; LINK sends people straight on, TOKEN shows them the landing page.
    role          text    not null,
    placement_id  bigint  not null,
    running       boolean not null default false,
    constraint experiment_placement_pkey primary key (experiment_id, role),
    constraint experiment_placement_once unique (experiment_id, placement_id),
    constraint experiment_placement_experiment_fkey foreign key (experiment_id) references experiment,
    constraint experiment_placement_placement_fkey foreign key (placement_id) references placement,
    constraint experiment_placement_role_known check (role in ('ENTRY', 'LINK', 'TOKEN'))
);

-- A placement takes part in one running experiment.
create unique index experiment_placement_running_key on experiment_placement (placement_id) where running;
create index experiment_creator_idx on experiment (creator_id, id desc);

create function experiment_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('experiment', '');
    return null;
end $$;

create trigger experiment_changed after update on experiment
    for each statement execute function experiment_changed();
