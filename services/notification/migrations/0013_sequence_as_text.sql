-- breaking: no

-- `sequence` is published as the text that the CloudEvents extension asks for; what was written before is rewritten.
update feed_event
set event = (event::jsonb || jsonb_build_object('sequence', lpad(event->>'sequence', 16, '0')))::json
where json_typeof(event->'sequence') = 'number';
update webhook_delivery
set event = event || jsonb_build_object('sequence', lpad(event->>'sequence', 16, '0'))
where jsonb_typeof(event->'sequence') = 'number';
