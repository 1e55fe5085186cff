// Gives a mutant to whoever loads the file that it was made of. DUELINE_MUTANT_OF is the file's URL, DUELINE_MUTANT
// the path of the mutant's source.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'

const { DUELINE_MUTANT_OF: original, DUELINE_MUTANT: mutant } = process.env

registerHooks({
  load (url, context, next) {
    if (url !== original) return next(url, context)
    return { source: stripTypeScriptTypes(readFileSync(mutant, 'utf8')), format: 'module', shortCircuit: true }
  }
})
