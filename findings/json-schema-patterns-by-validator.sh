#!/usr/bin/env bash
# ajv 8.20.0, jsonschema 4.26.0 and jsonschema-rs 0.61.2: one pattern of a schema means three things.
#
# Patterns of JSON Schema are those of ECMA-262, so what one validator refuses all refuse, one guesses. The validators of
# Python translate none or not all: to jsonschema Arabic-Indic digits are \d and a line break may follow the end, so
# "٠٩:٣٠" is a time and "P1\n" a priority; a class of letters makes it refuse the whole schema. jsonschema-rs means what
# ajv means, and refuses the whole schema for a range of surrogates, as by which texts that are no Unicode are kept out.
#
# The product's published schemas name no surrogates (test/documents.test.ts), and are tried with both validators of
# Python on events that really came. Who checks events in Python does it with jsonschema-rs, or lets such digits pass.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages ajv@8.20.0
python_packages jsonschema==4.26.0 jsonschema-rs==0.61.2
cat >cases.json <<'END'
[["\\d as in a time", "^\\d{2}:\\d{2}$", "\u0660\u0669:\u0663\u0660"],
 ["the end", "^P[0-3]$", "P1\n"],
 ["letters", "^\\p{L}+$", "\u0645\u0631\u062d\u0628\u0627"],
 ["no surrogates", "^[^\\ud800-\\udfff]*$", "printer"]]
END
cat >seen.py <<'END'
import json, jsonschema, jsonschema_rs
def said(check):
    try:
        return 'takes it' if check() else 'refuses it'
    except Exception:
        return 'refuses the schema'
def old(schema, text):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).is_valid(text)
for what, pattern, text in json.load(open('cases.json')):
    schema = {'type': 'string', 'pattern': pattern}
    print(f'{what}: jsonschema {said(lambda: old(schema, text))}, jsonschema-rs '
          f'{said(lambda: jsonschema_rs.Draft202012Validator(schema).is_valid(text))}')
END
cat >seen.mjs <<'END'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
for (const [what, pattern, text] of JSON.parse(readFileSync('cases.json', 'utf8'))) {
  console.log(`${what}: ajv ${new Ajv2020().validate({ type: 'string', pattern }, text) ? 'takes' : 'refuses'} it`)
}
END
expect node seen.mjs <<'END'
\d as in a time: ajv refuses it
the end: ajv refuses it
letters: ajv takes it
no surrogates: ajv takes it
END
expect "$python" seen.py <<'END'
\d as in a time: jsonschema takes it, jsonschema-rs refuses it
the end: jsonschema takes it, jsonschema-rs refuses it
letters: jsonschema refuses the schema, jsonschema-rs takes it
no surrogates: jsonschema takes it, jsonschema-rs refuses the schema
END
