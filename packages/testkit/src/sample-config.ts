/** What keys without a default get where a value that only has to have the right form is not an address. */
const samples: Readonly<Record<string, unknown>> = {
  API_KEY_SECRET: Buffer.alloc(32).toString('base64'),
  OBJECT_SIGNING_KEY: Buffer.alloc(32).toString('base64'),
  WEBHOOK_SECRET_KEY: Buffer.alloc(32).toString('base64'),
  SMTP_URL: 'smtp://127.0.0.1:1'
}

/** A configuration that fits a program's schema: defaults, else samples. Nothing is reached by it. */
export function sampleConfig (schema: { readonly properties: object }): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties as Record<string, { default?: unknown }>)
      .map(([key, each]) => [key, each.default ?? samples[key] ?? 'https://sample.invalid'])
  )
}
