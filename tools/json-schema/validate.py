"""Which values the published schemas refuse, by two validators of draft 2020-12, formats included.

Reads lines of {"schema": file, "part": JSON pointer or "", "value": …}; writes a line for each with the names of the
validators that refuse the value, and why the first does.
"""
import json
import sys

import jsonschema
import jsonschema_rs

checker = jsonschema.Draft202012Validator.FORMAT_CHECKER


def compiled(file, part):
    with open(file, encoding='utf-8') as opened:
        schema = json.load(opened)
    if part:
        schema = {'$schema': 'https://json-schema.org/draft/2020-12/schema', '$ref': '#' + part, **schema}
    jsonschema.Draft202012Validator.check_schema(schema)
    return {
        'jsonschema': jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors,
        'jsonschema-rs': jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors,
    }


validators = {}
for line in sys.stdin:
    asked = json.loads(line)
    key = asked['schema'], asked['part']
    if key not in validators:
        validators[key] = compiled(*key)
    errors = {name: next(iter(errors_of(asked['value'])), None) for name, errors_of in validators[key].items()}
    refused = {name: error for name, error in errors.items() if error is not None}
    why = next((f"{'/'.join(map(str, error.instance_path if hasattr(error, 'instance_path') else error.path))} "
                f'{error.message}' for error in refused.values()), '')
    print(json.dumps({'refusedBy': list(refused), 'why': why[:300]}), flush=True)
