-- breaking: yes
-- A ladder is called an escalation policy, as everywhere else in the field. A quote within a stored text is written \", so a text that
-- says the same is not touched.
alter table sla_row rename column ladder_id to escalation_policy_id;
update policy_settings set defaults = replace(defaults::text, '"ladderId": ', '"escalationPolicyId": ')::jsonb;
update policy_version set
  rows = replace(rows::text, '"ladderId": ', '"escalationPolicyId": ')::jsonb,
  defaults = replace(defaults::text, '"ladderId": ', '"escalationPolicyId": ')::jsonb;
update agreement set terms = replace(terms::text, '"ladderId": ', '"escalationPolicyId": ')::jsonb;
