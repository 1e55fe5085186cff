import type { Handler } from '@dueline/messaging'
import { saveItems } from '../store/catalogue-store.ts'

/** Keeps the copy of the catalogue: one write for the whole batch, the newest version of each item wins. */
export const onCatalogueChanged: Handler<'dueline.catalogue.changed.v1'> = async (tx, events) => {
  await saveItems(
    tx,
    events.map((event) => {
      const { item } = event.data
      const { kind, id, name, productId, moduleId, active } = item
      return { tenantId: event.tenantid, kind, id, name, productId, moduleId, active, version: item.version }
    })
  )
}
