// What forms of other programs have that the real ones here have not.
import { PDFName } from '@cantoo/pdf-lib'
import type { PDFDocument } from '@cantoo/pdf-lib'
import t from 'tap'
import { readForm } from '../../src/index.ts'
import { questionsIn } from './forms.ts'
import { addField, made, text } from './made.ts'

async function asked (make: (document: PDFDocument) => void) {
  const { questionnaire, issues, places } = await readForm(await made(make))
  return { questions: questionnaire === null ? [] : questionsIn(questionnaire), issues, places, questionnaire }
}
const script = (js: string) => ({ S: 'JavaScript', JS: text(js) })

t.test('kinds by the scripts that check what is typed', async (t) => {
  const cases: [string, string, object][] = [
    ['AFDate_FormatEx("dd/mm/yyyy");', 'date', {}],
    ['AFDate_Format(5);', 'date', {}],
    ['AFDate_FormatEx("mm/yy");', 'text', {}],
    ['AFDate_FormatEx("dd.mm.yyyy HH:MM")', 'date_time', {}],
    ['AFTime_Format(0)', 'time', {}],
    ['AFTime_FormatEx("HH:MM")', 'time', {}],
    ['AFNumber_Format(0, 1, 0, 0, "", true)', 'integer', { min: 1, max: 9 }],
    ['AFNumber_Format(2, 0, 0, 0, "SAR ", true)', 'decimal', { min: 1, max: 9 }],
    ['AFSpecial_Format(2)', 'text', {}],
    ['while (true) {}', 'text', {}]
  ]
  for (const [js, kind, more] of cases) {
    const { questions, issues } = await asked((document) => {
      const AA = { F: script(js), V: script('AFRange_Validate(true, 1, true, 9)') }
      addField(document, { FT: 'Tx', T: text('f'), TU: text('Label'), AA })
    })
    t.strictSame(questions, [{ kind, name: 'f', label: { und: 'Label' }, ...more }], js)
    t.ok(issues.some(({ code }) => code === 'scripts'))
  }
})

t.test('flags', async (t) => {
  const field = async (Ff: number, more: object = {}) =>
    await asked((document) => addField(document, { FT: 'Tx', T: text('f'), TU: text('L'), Ff, ...more }))
  t.match((await field(2)).questions, [{ kind: 'text', required: true }])
  t.match((await field(1)).questions, [{ kind: 'text', readOnly: true }])
  t.notMatch((await field(3)).questions, [{ required: true }], 'nobody can be asked for what is read only')
  t.match((await field(1 << 20)).questions, [{ kind: 'file' }])
  t.match((await field(0, { MaxLen: 7 })).questions, [{ maxLength: 7 }])
  t.notMatch((await field(0, { MaxLen: 0 })).questions, [{ maxLength: 0 }])
  const password = await field(1 << 13)
  t.match(password.questions, [{ kind: 'text' }])
  t.ok(password.issues.some(({ code }) => code === 'password_field'))
  const hidden = await field(0, { F: 2 })
  t.strictSame(hidden.questions, [])
  t.ok(hidden.issues.some(({ code }) => code === 'hidden_field'))
})

t.test('a widget that the list of fields has not is asked all the same', async (t) => {
  const { questions } = await asked((document) => {
    addField(document, { FT: 'Tx', T: text('lost'), TU: text('Lost') })
    document.catalog.delete(PDFName.of('AcroForm'))
  })
  t.match(questions, [{ name: 'lost', label: { und: 'Lost' } }])
})

t.test('names: levels, doubles, and those that no expression can say', async (t) => {
  const { questions, places } = await asked((document) => {
    const parent = document.context.register(document.context.obj({ T: text('address') }))
    addField(document, { FT: 'Tx', T: text('street'), Parent: parent, Rect: [100, 500, 200, 520] })
    addField(document, { FT: 'Tx', T: text('address street'), Rect: [100, 450, 200, 470] })
    addField(document, { FT: 'Tx', T: text('true'), Rect: [100, 400, 200, 420] })
    addField(document, { FT: 'Tx', T: text('2nd'), Rect: [100, 350, 200, 370] })
  })
  t.strictSame(questions.map(({ name }) => name), ['address_street', 'address_street_2', 'true_', '_2nd'])
  t.strictSame(places.map(({ field }) => field), ['address.street', 'address street', 'true', '2nd'])
})

t.test('a box that is ticked by another value than its own', async (t) => {
  const { questions } = await asked((document) => {
    const on = document.context.register(document.context.stream(''))
    addField(document, { FT: 'Btn', T: text('box'), TU: text('Box'), V: 'Yes', AS: 'Yes', AP: { N: { accepted: on } } })
  })
  t.match(questions, [{ kind: 'yes_no', default: 'true' }])
})

t.test('a choice that nothing names is an error, until a person writes one', async (t) => {
  const { issues } = await asked((document) => {
    const { context } = document
    const group = context.register(context.obj({ FT: 'Btn', Ff: 1 << 15, T: text('g'), TU: text('Group') }))
    for (const [index, state] of ['1', '2'].entries()) {
      const on = context.register(context.stream(''))
      addField(document, {
        Parent: group,
        AP: { N: { [state]: on } },
        Rect: [100, 500 - index * 50, 110, 510 - index * 50]
      })
    }
  })
  t.equal(issues.filter(({ severity, code }) => severity === 'error' && code === 'choice_without_text').length, 2)
})

t.test('what a program for people would do is said, and not done', async (t) => {
  const { issues } = await asked((document) => {
    const { context } = document
    addField(document, { FT: 'Tx', T: text('f'), A: { S: 'Launch', F: text('calc') } })
    addField(document, { FT: 'Btn', Ff: 1 << 16, T: text('send'), A: { S: 'SubmitForm', F: text('elsewhere') } })
    document.catalog.set(PDFName.of('OpenAction'), context.obj(script('app.alert(1)')))
    context.register(
      context.obj({ Type: 'Filespec', F: text('a.txt'), EF: { F: context.register(context.stream('')) } })
    )
  })
  const codes = issues.filter(({ severity }) => severity === 'warning').map(({ code }) => code)
  t.strictSame(codes, ['embedded_files', 'launches', 'scripts', 'sends'])
})
