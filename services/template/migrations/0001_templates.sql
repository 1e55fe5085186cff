-- breaking: no

-- What people call one questionnaire through its versions. last_number is the number of its newest version.
create table template (
  tenant_id text not null,
  id uuid not null,
  name text not null,
  active boolean not null,
  last_number integer not null,
  version integer not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index template_name on template (tenant_id, lower(name));

-- A draft changes, a published version never does. issues is what the file had that a person must look at, faults what
-- is wrong with questionnaire and rules as they are. source is where it comes from, changes what it changes in words.
create table template_version (
  tenant_id text not null,
  id uuid not null,
  template_id uuid not null,
  number integer not null,
  state text not null,
  questionnaire json not null,
  rules jsonb not null,
  issues jsonb not null,
  faults jsonb not null,
  source jsonb not null,
  changes jsonb not null,
  version integer not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  published_at timestamptz,
  published_by text,
  primary key (tenant_id, id),
  foreign key (tenant_id, template_id) references template (tenant_id, id)
);
create unique index template_version_number on template_version (tenant_id, template_id, number);

-- An uploaded file (its row in stored_file has the same id) on its way to a version. work_at is when the loop has
-- something to do with it; null: nothing.
create table template_upload (
  tenant_id text not null,
  id uuid not null,
  template_id uuid not null,
  state text not null,
  fault jsonb,
  template_version_id uuid,
  created_at timestamptz not null,
  created_by text not null,
  work_at timestamptz,
  tries integer not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, template_id) references template (tenant_id, id)
);
create index template_upload_work_at on template_upload (work_at) where work_at is not null;

-- Which template tickets about a question take their answers by; the question itself is the policy service's.
create table question_template (
  tenant_id text not null,
  question_id uuid not null,
  template_id uuid,
  version integer not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (tenant_id, question_id),
  foreign key (tenant_id, template_id) references template (tenant_id, id)
);
create index question_template_template on question_template (tenant_id, template_id);
