-- Tags and facts lie in the order of their records' rows: a batch then writes to the ends of few
-- pages, and not to a page of its own for each tag and fact. Columns stand in the order of the key,
-- or integrity_check of older SQLite misreads a table without row ids.

alter table tag rename to tag_by_head;

create table tag (
    hash integer not null,    -- 8 bytes of SHA-256 of a tag's name and first value, or of the author
    kind integer not null,    -- the record's kind
    row integer not null,     -- the record
    head integer not null,    -- the record's head
    primary key (hash, kind, row)
) strict, without rowid;

insert into tag (hash, kind, head, row)
select hash, kind, head, row from tag_by_head order by hash, kind, row;

drop table tag_by_head;

alter table fact rename to fact_by_row;

create table fact (
    topic integer not null,   -- which view and subject
    record integer not null,  -- the record that adds it
    row blob not null,        -- the fact, in its room's own encoding
    sum integer not null,     -- CRC-32 of the row
    primary key (topic, record, row)
) strict, without rowid;

insert into fact (topic, row, record, sum)
select topic, row, record, sum from fact_by_row order by topic, record;

drop table fact_by_row;
