import type { TestTicket } from './harness.ts'

/** Runs the loop until it has looked at everything and found nothing to do. */
export async function looked ({ assignmentLoop }: TestTicket): Promise<void> {
  const idle = assignmentLoop.passes.next(({ outcome }) => outcome !== 'busy')
  await assignmentLoop.start()
  const { outcome, error } = await idle
  await assignmentLoop.stop()
  if (outcome === 'failed') throw error
}

/** Who has the ticket now. */
export const assigneeOf = async (service: TestTicket, { id }: { id: string }) =>
  (await service.get(`/tickets/${id}`)).body.assigneeId
