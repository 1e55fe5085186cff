// Runs the test files of its arguments one after the other in this process, each as a test of its own: what a file
// imports as tap is that test, so that hooks, limits and counts of one file are not those of the next.
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { patienceMs } from './test-file.ts'

// Before tap is loaded, which names folders by the whole command line.
const files = process.argv.splice(2)
const { default: t } = await import('tap')

const scheme = 'tap-of:'
const tests = new Map<string, unknown>()
const key = 'dueline.tests'
Object.assign(globalThis, { [key]: tests })

registerHooks({
  resolve (specifier, context, next) {
    return specifier === 'tap' && tests.has(context.parentURL ?? '')
      ? { url: `${scheme}${context.parentURL}`, format: 'module', shortCircuit: true }
      : next(specifier, context)
  },
  load (url, context, next) {
    if (!url.startsWith(scheme)) return next(url, context)
    const file = JSON.stringify(url.slice(scheme.length))
    return { source: `export default globalThis['${key}'].get(${file})`, format: 'module', shortCircuit: true }
  }
})

// Each file has its own.
t.setTimeout(0)
for (const file of files) {
  const { href } = pathToFileURL(file)
  void t.test(file, { timeout: patienceMs }, async (t) => {
    tests.set(href, t)
    await import(href)
  })
}
