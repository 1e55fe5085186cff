import type { Service } from '@dueline/http'
import type { DocumentedOperation } from './document.ts'

const known = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const
const anyId = '01900000-0000-7000-8000-00000000ffff'

/**
 * What the addresses of a document answer wrongly to the methods that it does not name, and to OPTIONS: 405 and 204,
 * each with `Allow`, which names those it does, HEAD beside GET, and OPTIONS.
 */
export async function methodFaults (
  http: Service['http'],
  operations: readonly DocumentedOperation[]
): Promise<string[]> {
  const faults: string[] = []
  for (const path of new Set(operations.map(({ path }) => path))) {
    const methods = operations.filter((each) => each.path === path).map(({ method }) => method)
    const taken = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
    const url = path.replace(/\{\w+\}/g, anyId)
    for (const method of [...known.filter((each) => !taken.includes(each)), 'OPTIONS'] as const) {
      const { statusCode, headers } = await http.inject({ method, url })
      const wanted = method === 'OPTIONS' ? 204 : 405
      if (statusCode !== wanted || headers.allow !== taken.join(', ')) {
        faults.push(`${method} ${path}: ${statusCode}, Allow: ${headers.allow}; must be ${wanted}, ${taken.join(', ')}`)
      }
    }
  }
  return faults
}
