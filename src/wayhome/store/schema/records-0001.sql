-- What a node holds. No column tells when anything came.

create table record (
    row integer primary key,  -- the store's own number; signatures enter in batches sorted by id
    kind integer not null,    -- the kind, as in the line
    head integer not null,    -- the id's first 8 bytes as a number that sorts as the id does
    sum integer not null,     -- CRC-32 of the line; the id guards all of a line but its sig
    marks blob not null,      -- where its facts are (topic, start of row), so that they leave with it
    line blob not null        -- the canonical line
) strict;

create index record_in_order on record (kind, head);

create table tag (
    hash integer not null,    -- 8 bytes of SHA-256 of a tag's name and first value, or of the author
    kind integer not null,    -- the record's kind
    head integer not null,    -- the record's head
    row integer not null,     -- the record
    primary key (hash, kind, head, row)
) strict, without rowid;

create table slot (
    hash blob not null,       -- 16 bytes of SHA-256 of the slot's key
    row integer not null,     -- a record in that slot
    primary key (hash, row)
) strict, without rowid;

create table topic (
    number integer primary key, -- stands for view and subject in the facts
    view text not null,       -- the view a fact belongs to
    subject text not null,    -- the part of the view
    unique (view, subject)
) strict;

create table fact (
    topic integer not null,   -- which view and subject
    row blob not null,        -- the fact, in its room's own encoding
    record integer not null,  -- the record that adds it
    sum integer not null,     -- CRC-32 of the row
    primary key (topic, row, record)
) strict, without rowid;
