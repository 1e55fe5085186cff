import { buildHttp, type App, type HttpOptions } from '@dueline/http'
import type { Loop } from '@dueline/runtime'
import type { GatewayConfig } from './config.ts'

/** A loop with an address: where `/metrics` and `/health/*` listen while it runs. */
export interface OperationsLoop extends Loop {
  /** Undefined while stopped. */
  url(): string | undefined
}

/** The operations port: numbers about the system are for its operators, so they are not on the port of its callers. */
export function createOperations (
  options: HttpOptions,
  { OPERATIONS_HOST: host, OPERATIONS_PORT: port }: GatewayConfig
): OperationsLoop {
  let app: App | undefined
  let url: string | undefined
  return {
    name: 'operations',
    url: () => url,
    async start () {
      if (app !== undefined) return
      app = buildHttp(options)
      url = await app.listen({ host, port })
      options.logger.info({ url }, 'operations port listening')
    },
    async stop () {
      const stopping = app
      app = undefined
      url = undefined
      await stopping?.close()
    }
  }
}
