import { join, relative } from 'node:path'
import ts from 'typescript'

/** What lists services or events by type, and whatever of a new service is compiled. */
const entries = [
  'packages/contracts/src/catalogue.ts',
  'infra/embedded/src/services.ts',
  'services/survey/src/main.ts',
  'services/survey/src/access.ts',
  'services/survey/test/api/conformance.test.ts',
  'services/notification/src/app.ts',
  'services/notification/src/domain/visibility.ts'
]

/**
 * Compiles the entries of the tree at `root` from source; each call reads what has changed, and names what
 * is wrong in the first file that is wrong.
 */
export function typeChecker (root: string): () => string[] {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.tests.json'), {}, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(textOf(diagnostic))
    }
  })
  if (config === undefined) throw new Error('there is no tsconfig.tests.json')
  const read = (file: string): string | undefined => ts.sys.readFile(file)
  const service = ts.createLanguageService({
    fileExists: ts.sys.fileExists,
    readFile: read,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: (file) => ts.sys.realpath?.(file) ?? file,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => config.options,
    getScriptFileNames: () => entries.map((file) => join(root, file)).filter(ts.sys.fileExists),
    getScriptVersion: (file) => file.includes('/node_modules/') ? '1' : read(file) ?? '',
    getScriptSnapshot (file) {
      const text = read(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath
  })
  return () => {
    const own = service.getProgram()?.getSourceFiles().map(({ fileName }) => relative(root, fileName))
      .filter((file) => file.startsWith('services/survey/')) ?? []
    for (const file of new Set([...entries, ...own])) {
      if (!ts.sys.fileExists(join(root, file))) return [`${file} is missing`]
      const found = service.getSemanticDiagnostics(join(root, file))
      if (found.length > 0) return found.map((each) => `${file}: ${textOf(each)}`)
    }
    return []
  }
}

function textOf ({ messageText }: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(messageText, ' ')
}
