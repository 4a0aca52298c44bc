-- The API may tell in the same words what a file told before: its word counts more, so both are kept.

alter table order_observation drop constraint order_observation_content_key;
create unique index order_observation_content_key
    on order_observation (marketplace, line_key, account_id, content_hash, (report_id is not null));
