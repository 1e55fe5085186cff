// For the module of each relative import Node reads its package.json anew, to learn whether it is an ES module: 179 KB
// and a hundred times for drizzle-orm, a quarter of what loading Dueline took. These packages and our own sources hold
// ES modules only ("type": "module"). For each import of a package it looks for it in all folders above, though what
// one package of this repository has found holds for all of its files.
import { registerHooks } from 'node:module'

const packages = /\/node_modules\/(?:drizzle-orm|typebox)\//
const repository = new URL('../../', import.meta.url).href
const found = new Map()

registerHooks({
  resolve (specifier, context, next) {
    const { parentURL } = context
    if (parentURL === undefined) return next(specifier, context)
    const isOwn = parentURL.startsWith(repository) && parentURL.endsWith('.ts') && !parentURL.includes('/node_modules/')
    if (isOwn && !specifier.startsWith('.')) return foundOnce(specifier, context, next)
    if (isOwn && specifier.endsWith('.ts')) return resolved(specifier, parentURL, 'module-typescript')
    if (specifier.startsWith('.') && packages.test(parentURL)) return resolved(specifier, parentURL, 'module')
    return next(specifier, context)
  }
})

function resolved (specifier, parentURL, format) {
  return { url: new URL(specifier, parentURL).href, format, shortCircuit: true }
}

function foundOnce (specifier, context, next) {
  const key = `${packageOf(context.parentURL)} ${specifier}`
  const result = found.get(key) ?? { ...next(specifier, context), shortCircuit: true }
  found.set(key, result)
  return result
}

/** The package of this repository that a file belongs to. */
function packageOf (url) {
  const [parent, child] = url.slice(repository.length).split('/')
  return ['packages', 'services', 'infra'].includes(parent) ? `${parent}/${child}` : ''
}
