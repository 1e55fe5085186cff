-- breaking: no

-- facts are stored that the clocks do not count yet: of a history that is being imported, or is folded in portions
alter table ticket_case add column unfolded boolean not null default false;
