-- breaking: no
-- Teams that are no more: of those that were deleted before, the copies say only that they are not active.
alter table team add column deleted boolean not null default false;
