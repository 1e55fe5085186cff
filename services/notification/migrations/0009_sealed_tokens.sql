-- breaking: no

-- Whoever redeems a ticket is who has the token by which it was got: the token is sealed under a key that only the
-- ticket gives.
alter table stream_ticket
  add column sealed_token text,
  alter column principal drop not null;
