export { createKafkaBus } from './kafka-bus.ts'
export type { KafkaBusOptions, KafkaConnection } from './options.ts'
export { applyTopicPlans, dropTopics } from './topics.ts'
export type { TopicReport } from './topics.ts'
