-- What the columns of a marketplace's report files mean, where that is not published: an operator says it once.

create table report_mapping (
    marketplace text        not null,
    -- The greatest is in force.
    version     int         not null,
    mapping     jsonb       not null,
    made_by     uuid        not null,
    made_at     timestamptz not null,
    constraint report_mapping_pkey primary key (marketplace, version),
    constraint report_mapping_made_by_fkey foreign key (made_by) references person,
    constraint report_mapping_marketplace_known check (marketplace in ('JD', 'PDD', 'DOUYIN')),
    constraint report_mapping_version_positive check (version > 0)
);

alter table order_report
    -- By which mapping the file was read; null where the columns are built in.
    add column mapping_version int;
