/** A bus to run a whole-stack test on: what to start the stack with. */
export interface StackBusChoice {
  name: string
  options: { kafkaBrokers?: readonly string[] }
}

/** The Postgres log always, and Kafka where `testKafka` found one; otherwise it has said why not. */
export function stackBuses (kafkaBrokers: readonly string[] | undefined): StackBusChoice[] {
  return [
    { name: 'Postgres', options: {} },
    ...(kafkaBrokers === undefined ? [] : [{ name: 'Kafka', options: { kafkaBrokers } }])
  ]
}
