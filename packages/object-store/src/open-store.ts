import type { Clock } from '@dueline/runtime'
import type { Static, TObject } from 'typebox'
import type { objectStoreKeys } from './config.ts'
import { createGrantSigner, type GrantSigner } from './files-signature.ts'
import { createFilesStore } from './files-store.ts'
import type { ObjectStore } from './store.ts'

type StoreConfig = Static<TObject<typeof objectStoreKeys>>

/** The store of a configuration; `signer` where its objects are served by `objectRoutes`. */
export interface OpenedStore {
  readonly store: ObjectStore
  readonly signer: GrantSigner | undefined
}

/**
 * Opens the store that a configuration names. The SDK of S3 takes 20 MB, so it is loaded only for `s3`.
 * @param path where the service serves objects of a files store: `/v1/<path>`
 */
export async function openStore (
  config: StoreConfig,
  { path, clock }: { path: string, clock: Clock }
): Promise<OpenedStore> {
  if (config.OBJECT_STORE === 's3') return { store: await openS3(config, clock), signer: undefined }
  const { OBJECT_FOLDER: folder = '', OBJECT_URL: url = '', OBJECT_SIGNING_KEY: key = '' } = config
  const signer = createGrantSigner(key)
  const store = createFilesStore({ folder, url: `${url.replace(/\/$/, '')}/v1/${path}`, signer, clock })
  return { store, signer }
}

async function openS3 (config: StoreConfig, clock: Clock): Promise<ObjectStore> {
  const { createS3Store } = await import('./s3-store.ts')
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config
  return createS3Store({
    bucket: config.S3_BUCKET ?? '',
    region: config.S3_REGION,
    endpoint: config.S3_ENDPOINT,
    publicEndpoint: config.S3_PUBLIC_ENDPOINT,
    pathStyle: config.S3_PATH_STYLE,
    credentials: accessKeyId === undefined || secretAccessKey === undefined
      ? undefined
      : { accessKeyId, secretAccessKey },
    clock
  })
}
