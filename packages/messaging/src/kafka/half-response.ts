import type { Defect } from './mend.ts'

/** The part of a connection of kafkajs that puts responses together. */
interface Connection {
  chunks: Buffer[]
  bytesBuffered: number
  bytesNeeded: number
  isConnected(): boolean
  connect(): Promise<boolean>
  processData(data: Buffer): void
}

/** Before each response comes its length. */
const lengthBytes = 4

/**
 * What a connection that was reset in the middle of a response leaves behind: connected again, kafkajs takes the next
 * response for the rest of the old one, and then bytes of records for a length. A consumer waited for 1.1 GB, kept all
 * it received in memory, read nothing more, and stayed in its group as if nothing were wrong.
 */
export const halfResponse: Defect<Connection> = {
  module: 'network/connection.js',
  methods: ['connect', 'processData'],
  source: 'b919201763264519c0e2b93c8bdc6f1ba344c64f8340cf8512c6a1f7abf1fffc',
  harm: 'a consumer whose connection is reset may never read again',
  replace (connection) {
    const { connect } = connection
    connection.connect = async function () {
      if (!this.isConnected()) {
        this.chunks = []
        this.bytesBuffered = 0
        this.bytesNeeded = lengthBytes
      }
      return await connect.call(this)
    }
  }
}
