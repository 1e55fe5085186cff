import { perService, variableOf, type ServiceName } from '@dueline/contracts'
import { authKeys } from '@dueline/service'
import { Type, type Static } from 'typebox'

const upstream = (service: string) =>
  Type.String({ format: 'http-url', description: `Base address of the ${service} service` })

const keyOf = <Name extends ServiceName>(name: Name) => `${variableOf(name)}_URL` as const

/** Everything the gateway is configured by, as environment variables. */
export const ConfigSchema = Type.Object({
  HOST: Type.String({ default: '0.0.0.0', description: 'Address to listen on' }),
  PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65_535,
    description: 'Port to listen on; 0 takes a free one'
  }),
  OPERATIONS_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address of `/metrics` and `/health/*` for operators; keep it out of reach of callers'
  }),
  OPERATIONS_PORT: Type.Integer({
    default: 9080,
    minimum: 0,
    maximum: 65_535,
    description: 'Port for the same; 0 takes a free one'
  }),
  LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>({
    type: 'string',
    enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    default: 'info',
    description: 'Least severe log lines to write'
  }),
  ...authKeys,
  ...perService((name) => [keyOf(name), upstream(name)]),
  OPENAPI_FILE: Type.String({
    default: 'openapi/gateway.json',
    description: 'The merged OpenAPI document: what is routed where'
  }),
  ASYNCAPI_FILE: Type.String({ default: 'openapi/asyncapi.json', description: 'The AsyncAPI document that is served' }),
  CORS_ORIGINS: Type.Array(Type.String({ minLength: 1 }), {
    separator: ',',
    default: [],
    description: 'Origins of front ends on other hosts, such as `https://app.example`; none by default'
  }),
  TRUST_PROXY: Type.Array(Type.String({ minLength: 1 }), {
    separator: ',',
    default: [],
    description: 'Proxies whose `X-Forwarded-For` is believed: addresses or CIDR blocks'
  }),
  RATE_PER_ADDRESS: Type.Integer({
    default: 6_000,
    minimum: 0,
    description: 'Requests per minute and process from one address, before the token is looked at; 0 is no limit'
  }),
  RATE_PER_CALLER: Type.Integer({
    default: 3_000,
    minimum: 0,
    description: 'Requests per minute and process of one caller (tenant and subject); 0 is no limit'
  }),
  UPSTREAM_CONNECTIONS: Type.Integer({
    default: 128,
    minimum: 1,
    maximum: 10_000,
    description: 'Most connections to one service; event streams have their own'
  }),
  UPSTREAM_STREAMS: Type.Integer({
    default: 5_000,
    minimum: 1,
    maximum: 100_000,
    description: 'Most open event streams to one service'
  }),
  UPSTREAM_TIMEOUT_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    maximum: 600_000,
    description: 'Longest wait for the head of an answer, in milliseconds; uploads have ten minutes'
  }),
  UPLOAD_LIMIT_BYTES: Type.Integer({
    default: 64 * 1024 * 1024,
    minimum: 1024,
    description: 'Largest body of an import, of which services may take less; all others have 1 MiB'
  }),
  SHED_ABOVE_MS: Type.Integer({
    default: 0,
    minimum: 0,
    description: 'Answer 503 while the event loop is late by more than this; 0 is never'
  })
})
export type Config = Static<typeof ConfigSchema>

/** The part that a built gateway reads; the rest is for the process around it. */
export type GatewayConfig = Pick<
  Config,
  | 'OPERATIONS_HOST'
  | 'OPERATIONS_PORT'
  | 'CORS_ORIGINS'
  | 'TRUST_PROXY'
  | 'RATE_PER_ADDRESS'
  | 'RATE_PER_CALLER'
  | 'UPSTREAM_CONNECTIONS'
  | 'UPSTREAM_STREAMS'
  | 'UPSTREAM_TIMEOUT_MS'
  | 'UPLOAD_LIMIT_BYTES'
  | 'SHED_ABOVE_MS'
>

/** Base addresses by service name, as `buildGateway` takes them. */
export function upstreamsOf (config: Config): Record<string, string> {
  return perService((name) => [name, config[keyOf(name)]])
}
