#!/usr/bin/env bash
# fastjsonschema 2.22.3 and jsonschema 4.26.0 (Python): what a schema refuses passes, without a word.
#
# A schema that names its draft (2020-12, as OpenAPI 3.1 does) is checked by it, one guesses, or refused by who does not
# know the draft. fastjsonschema takes it as draft 7 and ignores each keyword that is newer. jsonschema knows the draft,
# and is given its format checker, so formats are checked: it checks those for which another package happens to be
# there, and in a fresh environment "tomorrow" is a date-time, while a uuid is refused. jsonschema-rs refuses them all.
#
# The product publishes its events' schemas in draft 2020-12 (openapi/events): who checks them in Python needs a
# validator of that draft, and the packages of the formats too, as jsonschema[format-nongpl] brings them.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
python_packages fastjsonschema==2.22.3 jsonschema==4.26.0 jsonschema-rs==0.61.2
cat >seen.py <<'END'
import fastjsonschema, jsonschema, jsonschema_rs
checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
validators = {
    'fastjsonschema': lambda schema, value: fastjsonschema.compile(schema)(value),
    'jsonschema': lambda schema, value: jsonschema.Draft202012Validator(schema, format_checker=checker).validate(value),
    'jsonschema-rs': lambda schema, value: jsonschema_rs.validator_for(schema, validate_formats=True).validate(value),
}
def takes(validate, schema, value):
    try:
        validate({'$schema': 'https://json-schema.org/draft/2020-12/schema', **schema}, value)
        return True
    except Exception:
        return False
for what, schema, value in [
    ('prefixItems', {'prefixItems': [{'type': 'integer'}]}, ['x']),
    ('unevaluatedProperties', {'properties': {'a': {}}, 'unevaluatedProperties': False}, {'b': 1}),
    ('dependentRequired', {'dependentRequired': {'a': ['b']}}, {'a': 1}),
    ('minContains', {'contains': {'type': 'integer'}, 'minContains': 2}, [1]),
    ('format date-time', {'type': 'string', 'format': 'date-time'}, 'tomorrow'),
    ('format duration', {'type': 'string', 'format': 'duration'}, 'an hour'),
    ('format uri', {'type': 'string', 'format': 'uri'}, 'no uri'),
    ('format uuid', {'type': 'string', 'format': 'uuid'}, 'no uuid'),
]:
    passed = [name for name, validate in validators.items() if takes(validate, schema, value)]
    print(f'{what}, broken: passes {", ".join(passed) or "none"}')
END
expect "$python" seen.py <<'END'
prefixItems, broken: passes fastjsonschema
unevaluatedProperties, broken: passes fastjsonschema
dependentRequired, broken: passes fastjsonschema
minContains, broken: passes fastjsonschema
format date-time, broken: passes jsonschema
format duration, broken: passes jsonschema
format uri, broken: passes jsonschema
format uuid, broken: passes none
END
