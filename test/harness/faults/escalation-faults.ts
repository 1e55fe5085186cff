import { parseInstant } from '@dueline/business-time'
import type { EscalationDetail } from '../tenant-record.ts'
import { graceMicros, repeated, type Looked } from './record.ts'
import { increasingFaults } from './sequence-faults.ts'

export function escalationFaults ({ escalations, eventsOfEscalation, clocks }: Looked): string[] {
  const now = clocks.reduce(
    (latest, { serverTime }) => serverTime > latest ? serverTime : latest,
    '1970-01-01T00:00:00.000000Z'
  )
  const isOpen = ({ state }: EscalationDetail): boolean => state === 'open' || state === 'acknowledged'
  return [
    ...repeated(escalations.filter(isOpen), ({ clockId, cycle }) => `clock ${clockId}, cycle ${cycle}`).map((key) =>
      `two escalations of ${key}`
    ),
    ...escalations.flatMap((escalation) => {
      const what = `escalation ${escalation.id}`
      const own = eventsOfEscalation.get(escalation.id) ?? []
      const said = own.flatMap((event) =>
        event.type === 'dueline.escalation.level-reached.v1' ? [event.data.level.number] : []
      )
      const climbed = escalation.history.flatMap(({ level }) => level === null ? [] : [level.number])
      const faults = [
        ...repeated(said, String).map((level) => `${what}: level ${level} was reached twice`),
        ...increasingFaults(what, own)
      ]
      if (String([...climbed].sort()) !== String([...said].sort())) {
        faults.push(`${what}: levels ${climbed.join()} in its history, ${said.join()} in the feed`)
      }
      if (own.length !== escalation.history.length) {
        faults.push(`${what}: ${escalation.history.length} entries in its history, ${own.length} events`)
      }
      if (
        escalation.state === 'open' && escalation.nextLevelAt !== null &&
        parseInstant(escalation.nextLevelAt) + graceMicros < parseInstant(now)
      ) faults.push(`${what}: its next level was due at ${escalation.nextLevelAt}`)
      return faults
    })
  ]
}
