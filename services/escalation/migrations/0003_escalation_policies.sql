-- breaking: yes
-- A ladder is called an escalation policy, as everywhere else in the field.
alter table ladder rename to escalation_policy;
alter index ladder_one_default rename to escalation_policy_one_default;
alter table ladder_version rename to escalation_policy_version;
alter table escalation_policy_version rename column ladder_id to escalation_policy_id;
alter table escalation_case rename column ladder_id to escalation_policy_id;
alter table escalation_case rename column ladder_version to escalation_policy_version;
alter table escalation rename column ladder_id to escalation_policy_id;
alter table escalation rename column ladder_version to escalation_policy_version;
alter table escalation rename column ladder_name to escalation_policy_name;
