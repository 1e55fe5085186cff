import type { Handler } from '@dueline/messaging'
import { saveItems } from '../store/copies.ts'

/** Keeps the copies of products and modules, newest version each. */
export const onCatalogueChanged: Handler<'dueline.catalogue.changed.v1'> = async (tx, events) => {
  await saveItems(tx, events.map(({ tenantid: tenantId, data: { item } }) => ({ ...item, tenantId })))
}
