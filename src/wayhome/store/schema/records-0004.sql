-- What is newest is found, and all ids of a kind are read, without a look at any line. Rows of one
-- date lie in the order of records, as tags and facts do; the date is what the author says.

create table dated (
    kind integer not null,    -- the record's kind
    age blob not null,        -- 2^64 - 1 less the created_at of its line, in 8 bytes: newest first
    row integer not null,     -- the record
    id blob not null,         -- its id, 32 bytes
    primary key (kind, age, row)
) strict, without rowid;

insert into dated (kind, age, row, id)
select kind, substr(key, 1, 8), row, substr(key, 9)
from (select kind, row, key_of_line(line) as key from record)
where key is not null order by 1, 2, 3;
