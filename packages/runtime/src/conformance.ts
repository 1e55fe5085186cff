import type { Loop } from './loop.ts'

/** What the suite needs of a tap test, whose own types would make tap a dependency of production code. */
export interface SuiteTest {
  test(name: string, body: (t: Assertions) => Promise<void>): PromiseLike<unknown>
}

/** The assertions that the suite uses. */
export interface Assertions {
  ok(value: unknown, message: string): boolean
  equal(found: unknown, wanted: unknown, message: string): boolean
}

/** A fresh loop, and a count of the work it has begun that can be read at any time. */
export interface LoopUnderTest {
  loop: Loop
  /** Passes begun so far. */
  begun(): number
  /** Resolves once a pass begun after this call has ended. */
  nextPass(): Promise<unknown>
}

/** The lifecycle that every loop of the product keeps. Call it once per kind of loop, from its own tests. */
export async function loopConformance (
  t: SuiteTest,
  name: string,
  make: () => LoopUnderTest | Promise<LoopUnderTest>
): Promise<void> {
  await t.test(`${name}: a loop that was never started can be stopped, twice`, async (t) => {
    const { loop, begun } = await make()
    await loop.stop()
    await loop.stop()
    t.equal(begun(), 0, 'nothing was begun')
  })

  await t.test(`${name}: start works, a second start changes nothing`, async (t) => {
    const { loop, nextPass } = await make()
    const passed = nextPass()
    await loop.start()
    await loop.start()
    await passed
    t.ok(loop.name.length > 0, 'it has a name')
    await loop.stop()
  })

  await t.test(`${name}: after stop nothing is begun any more`, async (t) => {
    const { loop, begun, nextPass } = await make()
    const passed = nextPass()
    await loop.start()
    await passed
    await Promise.all([loop.stop(), loop.stop()])
    const count = begun()
    await new Promise((resolve) => setTimeout(resolve, 50))
    t.equal(begun(), count, 'nothing was begun after stop')
  })

  await t.test(`${name}: a stopped loop starts again`, async (t) => {
    const { loop, nextPass } = await make()
    await loop.start()
    await loop.stop()
    const passed = nextPass()
    await loop.start()
    await passed
    await loop.stop()
    t.ok(true, 'it worked and stopped')
  })

  await t.test(`${name}: stop at once after start ends too`, async (t) => {
    const { loop } = await make()
    const started = loop.start()
    await loop.stop()
    await started
    t.ok(true, 'it ended')
  })
}
