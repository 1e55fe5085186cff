-- breaking: no

-- Teams and responsibilities are in `directory_copy`, as in every service that keeps copies of them. A release that
-- still writes its own two tables writes there too; a later one drops them.
create function note_team_copy () returns trigger language plpgsql as $$
begin
  insert into directory_copy as known (tenant_id, kind, id, version, deleted, snapshot) values (
    new.tenant_id, 'team', new.id, new.version, new.deleted, jsonb_build_object(
      'id', new.id, 'name', new.name, 'leadId', new.lead_id, 'memberIds', to_jsonb(new.member_ids),
      'calendarId', new.calendar_id, 'productIds', to_jsonb(new.product_ids), 'moduleIds', to_jsonb(new.module_ids),
      'active', new.active, 'version', new.version))
  on conflict (tenant_id, kind, id) do update
    set version = excluded.version, deleted = excluded.deleted, snapshot = excluded.snapshot
    where excluded.version > known.version;
  return new;
end $$;
create trigger team_copied before insert or update on team for each row execute function note_team_copy();

create function note_responsibility_copy () returns trigger language plpgsql as $$
begin
  insert into directory_copy as known (tenant_id, kind, id, version, deleted, snapshot) values (
    new.tenant_id, 'responsibility', new.id, new.version, new.deleted, jsonb_build_object(
      'id', new.id, 'productId', new.product_id, 'moduleId', new.module_id, 'personId', new.person_id,
      'teamId', new.team_id, 'version', new.version))
  on conflict (tenant_id, kind, id) do update
    set version = excluded.version, deleted = excluded.deleted, snapshot = excluded.snapshot
    where excluded.version > known.version;
  return new;
end $$;
create trigger responsibility_copied before insert or update on responsibility
  for each row execute function note_responsibility_copy();

-- what is there already
update team set version = version;
update responsibility set version = version;

-- What assignment and overviews ask of people beside role and language. `languages` null: only `language` is known.
alter table person add column languages text[], add column calendar_id uuid, add column unit_id uuid;
create index person_unit on person (tenant_id, unit_id) where unit_id is not null;
