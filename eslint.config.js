import neostandard, { plugins, resolveIgnoresFromGitignore } from 'neostandard'
import { othersNames, privateWords, privateWordsRule } from './tools/lint/private-words.ts'

const nonDeterminism = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Take the Clock port (runtime) instead of Date.now().'
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take the Clock port (runtime) instead of new Date().'
  },
  {
    selector: "CallExpression[callee.property.name='randomUUID'], CallExpression[callee.name='randomUUID']",
    message: 'Take the Ids port (runtime).'
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Take the Random port (runtime).'
  },
  {
    selector: "CallExpression[callee.object.name='DateTime'][callee.property.name='now']",
    message: 'Take the Clock port (runtime).'
  }
]
const frameworkConstruction = [
  {
    selector: "CallExpression[callee.name='Fastify'], CallExpression[callee.name='fastify']",
    message: 'Only packages/http builds a Fastify: tests and services run under the same rules as production.'
  }
]

// Where identifiers have none of the words of tools/lint/private-words.ts.
const withoutPrivateWords = [
  'bench/**',
  'infra/**',
  'packages/**',
  'services/**',
  'test/**',
  'tools/**'
]

export default [
  ...neostandard({
    ts: true,
    noStyle: true,
    ignores: [...resolveIgnoresFromGitignore(), 'openapi/**', '**/generated/**']
  }),
  {
    plugins: { '@stylistic': plugins['@stylistic'] },
    rules: {
      // What the formatter does not break: comments, texts, SQL. A pattern cannot be broken, nor an address.
      '@stylistic/max-len': ['error', { code: 120, ignoreUrls: true, ignoreRegExpLiterals: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      // A TypeBox schema and the type it describes share one name.
      '@typescript-eslint/no-redeclare': 'off',
      // A void before a promise says that nobody waits, on purpose.
      'no-void': 'off',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }]
    }
  },
  {
    // Whose identifiers have no private word.
    files: withoutPrivateWords,
    ignores: ['tools/lint/private-words.ts'],
    plugins: { dueline: { rules: { 'private-words': privateWordsRule } } },
    rules: { 'dueline/private-words': ['error', { words: privateWords, allowed: othersNames }] }
  },
  {
    files: ['packages/*/src/**', 'services/*/src/**', 'infra/*/src/**'],
    ignores: ['packages/testkit/**'],
    rules: {
      'no-restricted-syntax': ['error', ...nonDeterminism, ...frameworkConstruction],
      'no-restricted-properties': ['error', {
        object: 'process',
        property: 'env',
        message: 'Read configuration in config.ts or main.ts.'
      }]
    }
  },
  {
    files: ['**/src/main.ts', '**/src/*-main.ts', 'packages/runtime/src/crash-points.ts'],
    rules: { 'no-restricted-properties': 'off' }
  },
  {
    // The three ports themselves.
    files: [
      'packages/runtime/src/clock.ts',
      'packages/runtime/src/ids.ts',
      'packages/runtime/src/random.ts',
      'packages/http/src/**'
    ],
    rules: { 'no-restricted-syntax': 'off' }
  },
  {
    files: ['packages/http/src/**'],
    rules: { 'no-restricted-syntax': ['error', ...nonDeterminism] }
  },
  {
    // It runs in browsers, where there are no ports: time and chance are those of the platform.
    files: ['packages/client/src/**'],
    rules: { 'no-restricted-syntax': 'off' }
  },
  {
    files: ['**/*.test.ts', '**/test/**'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      'no-restricted-globals': ['error', { name: 'setTimeout', message: 'Wait on a signal, not on time.' }],
      'no-restricted-syntax': ['error', {
        selector: "CallExpression[callee.object.name='t'][callee.property.name='test'] > :function[params.length=0]",
        message: 'Take t: what is asserted by the t around it is counted there, apart from this test.'
      }]
    }
  }
]
