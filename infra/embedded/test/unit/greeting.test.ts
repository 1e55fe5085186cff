import t from 'tap'
import { defaultFolder } from '../../src/folder.ts'
import { tokenCommand } from '../../src/greeting.ts'

t.test('the command for a token names the folder unless it is the default', (t) => {
  const command = 'npm run --silent token -- --role agent'
  t.equal(tokenCommand(defaultFolder), command)
  t.equal(tokenCommand('/tmp/desk'), `${command} --folder '/tmp/desk'`)
  t.equal(tokenCommand("/tmp/Anna's desk"), `${command} --folder '/tmp/Anna'\\''s desk'`)
  t.end()
})
