-- breaking: no

-- An event is given out as it was taken in: taking it apart on the way in would be work for nobody.
alter table feed_event alter column event type json using event::text::json;
