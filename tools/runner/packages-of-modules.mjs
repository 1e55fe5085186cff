// For the module of each relative import Node reads its package.json anew, to learn whether it is an ES module: 179 KB
// and a hundred times for drizzle-orm, a quarter of what loading Dueline took. These packages hold ES modules only
// ("type": "module").
import { registerHooks } from 'node:module'

const packages = /\/node_modules\/(?:drizzle-orm|typebox)\//

registerHooks({
  resolve (specifier, context, next) {
    const { parentURL } = context
    if (parentURL === undefined || !specifier.startsWith('.') || !packages.test(parentURL)) {
      return next(specifier, context)
    }
    return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
  }
})
