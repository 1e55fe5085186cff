import { baseErrors, problem, type Principal } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { authorize } from '../access.ts'
import { findVersion, type TemplateVersion } from '../store/version-store.ts'

/** A version that the caller may read. @throws Problem 404 */
export async function readableVersion (read: Read, principal: Principal, id: string): Promise<TemplateVersion> {
  const found = await findVersion(read, principal.tenantId, id) ?? problem(baseErrors.not_found)
  const isReadable = found.state === 'published' || authorize(principal, 'readDrafts')
  return isReadable ? found : problem(baseErrors.not_found)
}
