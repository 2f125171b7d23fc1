-- One desk: one stamp key, for one petition. No column tells when anything happened.

create table desk (
    only integer primary key check (only = 1), -- there is one row
    spki blob not null,            -- the public stamp key, 342 bytes
    public text not null,          -- the desk key, which signs counters and lists
    sealed_stamp blob not null,    -- the stamp key, sealed under the stamp page
    sealed_desk blob not null,     -- the desk's secret key, sealed under the desk page
    petition text not null default '', -- the petition's id, once there is one
    open integer not null default 0,   -- when stamping begins
    close integer not null default 0,  -- when stamping ends
    ceiling integer not null default 0, -- the most parts that may ever be honoured
    stage text not null default 'new', -- new, ready, open, final, erased
    issued integer not null default 0  -- parts used
) strict;

create table part (
    row blob primary key,          -- a keyed hash of the voucher's hash; nothing without the page
    asked blob                     -- a keyed hash of the blinded number it was used for
) strict, without rowid;
