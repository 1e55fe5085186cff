import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/**
 * Teaches the client zstd, which brokers may be told to use for all topics: it knows gzip alone, and one record of
 * another codec stops a consumer, also after the topic was set right. Nothing here is written compressed.
 */
export function readZstd (): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => await compress(buffer),
    decompress: async (buffer: Buffer) => await decompress(buffer)
  })
}
