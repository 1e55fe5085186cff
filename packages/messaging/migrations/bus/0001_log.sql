-- breaking: no

-- next_off is raised under the row's lock, held until the appending transaction ends: offsets are dense and
-- become visible in their order, so that reading "off >= n" can never skip a record.
create table log_partition (
  topic text not null,
  part smallint not null,
  next_off bigint not null default 0,
  low_off bigint not null default 0,
  primary key (topic, part)
) with (fillfactor = 50);

create table log_record (
  topic text not null,
  part smallint not null,
  off bigint not null,
  key text not null,
  headers text not null,
  value bytea not null,
  at timestamptz not null default now(),
  primary key (topic, part, off)
) with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.02);
-- records of some kilobytes: compressing them costs more than it saves here
alter table log_record alter column value set storage external;

-- off is the next offset to handle; epoch grows with each change of owner and fences commits of former ones.
create table group_offset (
  grp text not null,
  topic text not null,
  part smallint not null,
  off bigint not null,
  epoch bigint not null default 0,
  owner uuid,
  primary key (grp, topic, part)
) with (fillfactor = 50);

create table group_member (
  grp text not null,
  member uuid not null,
  expires_at timestamptz not null,
  primary key (grp, member)
) with (fillfactor = 50);
