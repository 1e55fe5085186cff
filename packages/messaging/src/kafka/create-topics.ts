import { setTimeout as pause } from 'node:timers/promises'
import type { Admin, ITopicConfig } from 'kafkajs'
import { saysNotYet } from './errors.ts'

const waitMsMax = 30_000
const lookMs = 50

/**
 * Creates topics that are missing and resolves once each partition has a leader. The client's own wait gives up when a
 * broker does not know yet a topic that the controller has made, which happens on a busy cluster.
 */
export async function createTopics (admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false })
  await leadersOf(admin, topics.map(({ topic }) => topic))
}

/** Resolves once each partition of topics that somebody has made has a leader. */
export async function leadersOf (admin: Admin, topics: string[]): Promise<void> {
  const deadlineMs = performance.now() + waitMsMax
  while (!await haveLeaders(admin, topics, performance.now() > deadlineMs)) await pause(lookMs)
}

async function haveLeaders (admin: Admin, topics: string[], isLate: boolean): Promise<boolean> {
  try {
    const found = await admin.fetchTopicMetadata({ topics })
    return found.topics.every(({ partitions }) =>
      partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)
    )
  } catch (error) {
    if (isLate || !saysNotYet(error)) throw error
    return false
  }
}
