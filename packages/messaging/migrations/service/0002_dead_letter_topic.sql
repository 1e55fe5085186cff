-- breaking: no

-- When the record was published to the dead-letter topic as well; stays null on a bus that has none.
alter table dead_letter add column published_at timestamptz;
create index dead_letter_unpublished on dead_letter (consumer, failed_at, id) where published_at is null;
