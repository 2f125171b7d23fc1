-- What is accepted but not public yet. Every place is a keyed hash: nothing is in order of arrival.

create table held (
    place integer primary key, -- the first 8 bytes of the key, or the next free number after them
    until integer not null,   -- when it becomes public
    key blob not null,        -- a hash, under the key page of that moment, of what it is looked up by
    sealed blob not null      -- the padded line, sealed under the same key page
) strict;
