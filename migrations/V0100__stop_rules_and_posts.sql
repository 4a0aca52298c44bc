-- Experiments say beforehand when they stop, keep what was counted then, and may draw posts instead of people.
alter table experiment
    -- PEOPLE are split by their cookie; POSTS by a drawn schedule.
    add column unit text not null default 'PEOPLE',
    -- A difference by less than so many per cent of the link's rate does not matter.
    add column margin_percent int not null default 20,
    -- After so many days it ends, whatever was counted.
    add column most_days int not null default 28,
    -- How it ended; null before.
    add column verdict text,
    -- What was counted when it stopped, as the report reads it.
    add column kept jsonb,
    -- Of posts: a placement that names the offer and the place, the medium against the link, how many days a post's
    -- orders count, and what the schedule was drawn from.
    add column model_placement_id bigint,
    add column token_medium text not null default 'TOKEN',
    add column count_days int,
    add column seed bigint;
update experiment set verdict = 'BY_HAND' where state = 'STOPPED';
-- Nobody was told that those which run would end: they go on for 28 days from now, as far as the limit lets them.
update experiment set most_days = least(200, floor(extract(epoch from now() - started_at) / 86400)::int + 28)
    where state = 'RUNNING';
alter table experiment
    drop constraint experiment_planned_enough,
    add constraint experiment_planned_enough check (planned >= case unit when 'PEOPLE' then 200 else 12 end),
    add constraint experiment_unit_known check (unit in ('PEOPLE', 'POSTS')),
    add constraint experiment_margin_positive check (margin_percent between 1 and 100),
    add constraint experiment_days_positive check (most_days between 1 and 200),
    add constraint experiment_verdict_known check (verdict in ('FOR_TOKEN', 'FOR_LINK', 'NO_DIFFERENCE_THAT_MATTERS',
        'AT_MAXIMUM', 'BY_HAND')),
    add constraint experiment_stopped_by_verdict check ((state = 'STOPPED') = (verdict is not null)),
    add constraint experiment_kept_at_the_stop check (kept is null or state = 'STOPPED'),
    add constraint experiment_posts_whole check (case unit
        when 'PEOPLE' then model_placement_id is null and count_days is null and seed is null
        else model_placement_id is not null and count_days > 0 and seed is not null end),
    add constraint experiment_token_medium_known check (token_medium in ('TOKEN', 'NATIVE_TOKEN', 'IMAGE')),
    add constraint experiment_model_fkey foreign key (model_placement_id) references placement;

create table experiment_post (
    experiment_id uuid   not null,
    number        int    not null,
    -- Within a block both arms come equally often.
    block         int    not null,
    arm           text   not null,
    -- When it is to be posted; null if she did not say.
    due_at        timestamptz,
    -- Which of them is made is decided one by one, so that nobody knows what comes.
    placement_id  bigint,
    shown_at      timestamptz,
    state         text   not null default 'DRAWN',
    -- What was really posted; null if it is what was drawn.
    used_placement_id bigint,
    posted_at     timestamptz,
    -- What was not as drawn, and why.
    remark        text,
    told_at       timestamptz,
    constraint experiment_post_pkey primary key (experiment_id, number),
    constraint experiment_post_experiment_fkey foreign key (experiment_id) references experiment,
    constraint experiment_post_placement_fkey foreign key (placement_id) references placement,
    constraint experiment_post_used_fkey foreign key (used_placement_id) references placement,
    constraint experiment_post_placement_once unique (placement_id),
    constraint experiment_post_used_once unique (used_placement_id),
    constraint experiment_post_arm_known check (arm in ('LINK', 'TOKEN')),
    constraint experiment_post_state_known check (state in ('DRAWN', 'MADE', 'SET_ASIDE')),
    constraint experiment_post_shown_whole check ((placement_id is null) = (shown_at is null)),
    constraint experiment_post_told check ((state = 'DRAWN') = (told_at is null)),
    constraint experiment_post_told_after_shown check (state = 'DRAWN' or shown_at is not null),
    constraint experiment_post_made_at check ((state = 'MADE') = (posted_at is not null)),
    constraint experiment_post_drawn_before_exposure check (posted_at >= shown_at),
    constraint experiment_post_set_aside_says_why check (state <> 'SET_ASIDE' or remark is not null)
);

-- What was drawn stays, and so does what was told of a post.
create function experiment_post_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state <> 'DRAWN' or new.number <> old.number or new.block <> old.block
        or new.arm <> old.arm or new.due_at is distinct from old.due_at
        or old.placement_id is not null and new.placement_id is distinct from old.placement_id then
        raise exception 'a drawn schedule does not change';
    end if;
    return new;
end $$;

create trigger experiment_post_stays before update or delete on experiment_post
    for each row execute function experiment_post_stays();
