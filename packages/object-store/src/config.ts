import { Type } from 'typebox'

const stores = ['files', 's3'] as const

/** The configuration of where objects are kept; for services that have some. */
export const objectStoreKeys = {
  OBJECT_STORE: Type.Unsafe<typeof stores[number]>({
    type: 'string',
    enum: [...stores],
    default: 'files',
    needs: { files: ['OBJECT_FOLDER', 'OBJECT_URL', 'OBJECT_SIGNING_KEY'], s3: ['S3_BUCKET'] },
    description: 'Where files are kept: below a folder of this machine, or in a bucket'
  }),
  OBJECT_FOLDER: Type.Optional(Type.String({ minLength: 1, description: 'Folder of the files' })),
  OBJECT_URL: Type.Optional(Type.String({
    format: 'http-url',
    description: 'The gateway as callers reach it: signed addresses of the files begin with it'
  })),
  OBJECT_SIGNING_KEY: Type.Optional(Type.String({
    pattern: '^[A-Za-z0-9+/]{43,}={0,2}$',
    secret: true,
    description: '32 bytes or more in base64; signs the addresses of the files'
  })),
  S3_BUCKET: Type.Optional(
    Type.String({ minLength: 3, maxLength: 63, description: 'Bucket of the files; it must be there' })
  ),
  S3_REGION: Type.String({ default: 'us-east-1', description: 'Region of the bucket' }),
  S3_ENDPOINT: Type.Optional(Type.String({
    format: 'http-url',
    description: 'A server that speaks as S3 does; AWS when left out'
  })),
  S3_PUBLIC_ENDPOINT: Type.Optional(Type.String({
    format: 'http-url',
    description: 'That server as callers reach it, where that is another address'
  })),
  S3_PATH_STYLE: Type.Boolean({
    default: false,
    description: 'Whether the bucket stands in the path; most servers but AWS'
  }),
  S3_ACCESS_KEY_ID: Type.Optional(Type.String({
    minLength: 1,
    description: 'Left out with the next: as the AWS SDK finds them (web identity, shared file, role of the machine)'
  })),
  S3_SECRET_ACCESS_KEY: Type.Optional(
    Type.String({ minLength: 1, secret: true, description: 'Belongs to S3_ACCESS_KEY_ID' })
  )
}
