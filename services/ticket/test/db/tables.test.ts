import { schemaDrift } from '@dueline/postgres/conformance'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import * as assignmentTables from '../../src/store/assignment-tables.ts'
import * as slaTables from '../../src/store/sla-tables.ts'
import * as tables from '../../src/store/tables.ts'

t.test('the tables of the code are those that the migrations make', async (t) => {
  const { database } = await testDatabase(t, {
    schema,
    sources: migrations.filter(({ name }) => name !== 'http' && name !== 'messaging')
  })
  t.same(
    await schemaDrift(database.read, { ...tables, ...slaTables, ...assignmentTables }, [
      'directory_copy',
      'team',
      'responsibility',
      'ticket_sla',
      'ticket_counter',
      'assignment_turn',
      'assignment_share',
      'ticket_text',
      'ticket.subject_words',
      'ticket.written_in'
    ]),
    []
  )
})
