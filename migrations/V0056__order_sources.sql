-- One order, two sources: by which key each of them names a line. A line that only one source tells of is not in here.

create table order_line_source (
    marketplace text        not null,
    -- What the source names it by.
    source_key  text        not null,
    source      text        not null,
    -- What the line is called here, by whoever came first.
    line_key    text        not null,
    matched_at  timestamptz not null,
    constraint order_line_source_pkey primary key (marketplace, source_key),
    -- Two rows of a source are never one line.
    constraint order_line_source_line_key unique (marketplace, line_key, source),
    constraint order_line_source_line_fkey foreign key (marketplace, line_key)
        references order_line (marketplace, line_key),
    constraint order_line_source_known check (source in ('FILE', 'API')),
    constraint order_line_source_other_name check (source_key <> line_key),
    constraint order_line_source_file_key check ((source = 'FILE') = starts_with(source_key, 'F:'))
);

-- Whoever reads only from the API asks this for every page and finds nothing.
create index order_line_of_file_idx on order_line (marketplace, parent_no) where starts_with(line_key, 'F:');

-- Never holds a row. Who reads files locks it in share mode, who reads the API in row exclusive mode: each goes beside its
-- like and waits for the other, because neither sees what the other is about to add.
create table order_source_gate (
    nothing int
);
