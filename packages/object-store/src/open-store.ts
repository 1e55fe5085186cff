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
 * Opens the store that a configuration names; nothing connects before it is used. The SDK of S3 takes 20 MB, so it is
 * loaded with the first use of `s3`.
 * @param path where the service serves objects of a files store: `/v1/<path>`
 */
export function openStore (config: StoreConfig, { path, clock }: { path: string, clock: Clock }): OpenedStore {
  if (config.OBJECT_STORE === 's3') return { store: lazyS3(config, clock), signer: undefined }
  const { OBJECT_FOLDER: folder = '', OBJECT_URL: url = '', OBJECT_SIGNING_KEY: key = '' } = config
  const signer = createGrantSigner(key)
  const store = createFilesStore({ folder, url: `${url.replace(/\/$/, '')}/v1/${path}`, signer, clock })
  return { store, signer }
}

function lazyS3 (config: StoreConfig, clock: Clock): ObjectStore {
  let opened: Promise<ObjectStore> | undefined
  const store = async (): Promise<ObjectStore> => await (opened ??= openS3(config, clock))
  return {
    put: async (...args) => await (await store()).put(...args),
    get: async (...args) => await (await store()).get(...args),
    head: async (...args) => await (await store()).head(...args),
    delete: async (...args) => await (await store()).delete(...args),
    move: async (...args) => await (await store()).move(...args),
    list: async (...args) => await (await store()).list(...args),
    presignUpload: async (...args) => await (await store()).presignUpload(...args),
    presignDownload: async (...args) => await (await store()).presignDownload(...args),
    close: () => void opened?.then((open) => open.close())
  }
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
