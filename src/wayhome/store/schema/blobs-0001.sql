-- Sealed files beside envelopes, in chunks. Everything lies in the order of hashes.

create table blob (
    id blob primary key,      -- SHA-256 of the list
    team text not null,       -- the group whose envelope names it, in hex
    day integer not null,     -- the day that the envelope names, since 1970
    size integer not null,    -- its padded size, as the envelope names it
    list blob not null        -- the SHA-256 of each chunk, 32 bytes each
) strict, without rowid;

create table chunk (
    blob blob not null,       -- the file it is a part of
    number integer not null,  -- the how-manieth part, from 0
    body blob not null,       -- its bytes, 256 KiB at most; their hash is in the list
    primary key (blob, number)
) strict, without rowid;
