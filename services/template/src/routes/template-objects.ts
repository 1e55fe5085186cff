import type { App } from '@dueline/http'
import { objectRoutes } from '@dueline/object-store'
import type { RouteDeps } from './route-deps.ts'

/** Where files of a store without addresses of its own are sent and got, below `/v1/`. */
export const objectPath = 'template-objects'

/** PUT and GET /v1/template-objects */
export function templateObjects (app: App, { store, signer, clock }: RouteDeps): void {
  if (signer !== undefined) objectRoutes(app, { path: objectPath, name: 'TemplateObject', store, signer, clock })
}
