-- What lapsed stays known by its id alone, so that nobody's copy brings it back.

create table lapsed (
    id blob primary key       -- the 32 bytes of the id of a record that is gone for good
) strict, without rowid;
