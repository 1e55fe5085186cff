import t from 'tap'
import { encodingFor } from '../../src/index.ts'

const cases: ReadonlyArray<readonly [accepted: string | undefined, encoding: string | undefined]> = [
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['GZIP;Q=1.0, br;q=0.5', 'gzip'],
  ['br;q=0, gzip;q=0', undefined],
  ['*', 'br'],
  ['*;q=0.1, br;q=0', 'gzip'],
  ['br ; q = 0', undefined],
  ['br;q=nonsense', undefined]
]

t.test('an encoding is chosen by weight, br of equals, and none that is refused', async (t) => {
  for (const [accepted, encoding] of cases) t.equal(encodingFor(accepted), encoding, String(accepted))
})
