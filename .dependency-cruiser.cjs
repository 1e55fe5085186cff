/** The architecture's import rules; ARCHITECTURE.md draws them. */
const service = '^services/([^/]+)/'
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'A cycle has no reading order.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }
    },
    {
      name: 'services-never-import-services',
      severity: 'error',
      from: { path: service },
      to: { path: '^services/', pathNot: '^services/$1/' }
    },
    {
      name: 'packages-never-import-services',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(services|infra)/' }
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'Domain folders and business-time do no I/O: only contracts, business-time and their own files. ' +
        'Types are free: they do nothing.',
      from: { path: '^(services/[^/]+/src/domain/|packages/business-time/src/)' },
      to: {
        pathNot: '(^services/[^/]+/src/domain/|^packages/(contracts|business-time)/|/typebox/)',
        dependencyTypesNot: ['type-only']
      }
    },
    {
      name: 'questionnaires-run-in-browsers',
      severity: 'error',
      comment: 'But for what reads files, the package imports nothing of Node and nothing of the platform.',
      from: { path: '^packages/questionnaire/src/', pathNot: '^packages/questionnaire/src/import/' },
      to: { pathNot: '(^packages/questionnaire/src/(?!import/)|/(@marcbachmann/cel-js|re2js|typebox)/)' }
    },
    {
      name: 'routes-and-consumers-do-not-import-app',
      severity: 'error',
      from: { path: 'src/(routes|consumers|store|domain)/' },
      to: { path: 'src/(app|main)\\.ts$' }
    },
    {
      name: 'store-knows-no-http',
      severity: 'error',
      from: { path: 'src/store/' },
      to: { path: 'src/(routes|consumers)/' }
    },
    {
      name: 'testkit-only-in-tests',
      severity: 'error',
      from: { path: '/src/', pathNot: '^packages/testkit/' },
      to: { path: '^packages/testkit/' }
    },
    {
      name: 'contracts-and-runtime-stay-low',
      severity: 'error',
      from: { path: '^packages/(contracts|business-time|runtime)/src/' },
      to: { path: '^packages/(http|postgres|messaging|timers|testkit)/' }
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['dueline-source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json']
    }
  }
}
