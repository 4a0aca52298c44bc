-- How marketplace accounts are reached. What is secret is encrypted before it comes here; the key is never in here.

create table marketplace_connection (
    account_id         uuid        not null,
    -- Which master key the content is encrypted with.
    key_id             text        not null,
    nonce              bytea       not null,
    -- AES-256-GCM of a JSON with app key, secret, session and settings; bound to the account by its associated data.
    content            bytea       not null,
    session_expires_at timestamptz,
    changed_at         timestamptz not null,
    changed_by         uuid        not null,
    constraint marketplace_connection_pkey primary key (account_id),
    constraint marketplace_connection_account_fkey foreign key (account_id) references marketplace_account,
    constraint marketplace_connection_changed_by_fkey foreign key (changed_by) references person,
    constraint marketplace_connection_key_id_form check (key_id ~ '^[0-9a-f]{16}$'),
    constraint marketplace_connection_nonce_length check (octet_length(nonce) = 12),
    -- GCM adds 16 bytes to what it hides.
    constraint marketplace_connection_content_length check (octet_length(content) > 16)
);
