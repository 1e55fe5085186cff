-- breaking: yes
-- A ladder is called an escalation policy, as everywhere else in the field.
alter table clock rename column ladder_id to escalation_policy_id;
update promise set terms = replace(terms::text, '"ladderId": ', '"escalationPolicyId": ')::jsonb where terms ? 'ladderId';
