-- breaking: no

-- The IANA zone in which a person reads times; null: not known.
alter table person add column time_zone text;
