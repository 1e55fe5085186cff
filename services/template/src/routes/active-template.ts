import { baseErrors, problem } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { errors } from '../errors.ts'
import { findTemplate, type Template } from '../store/template-store.ts'

/** A template that takes something new, locked until the transaction ends. @throws Problem 404, 409 */
export async function activeTemplate (tx: TenantTx, templateId: string): Promise<Template> {
  const found = await findTemplate(tx, tx.tenantId, templateId, { lock: true }) ?? problem(baseErrors.not_found)
  return found.active ? found : problem(errors.template_inactive)
}
