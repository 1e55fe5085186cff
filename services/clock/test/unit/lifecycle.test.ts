import { metrics } from '@dueline/contracts'
import t from 'tap'
import { phases, reaction, triggers } from '../../src/domain/lifecycle.ts'

const expected = `
first_response   created                  idle      start
first_response   agent_replied            open      meet
first_response   agent_replied_when_over  cancelled forget
first_response   resolved                 open      cancel
first_response   cancelled                open      cancel
first_response   reopened                 cancelled proceed
first_response   waived                   open      waive
next_response    agent_replied            pending   forget
next_response    agent_replied            open      meet
next_response    agent_replied            waived    forget
next_response    agent_replied_when_over  pending   forget
next_response    agent_replied_when_over  waived    forget
next_response    customer_wrote           idle      start
next_response    customer_wrote           met       start
next_response    customer_wrote           cancelled start
next_response    customer_wrote_when_over idle      remember
next_response    customer_wrote_when_over met       remember
next_response    customer_wrote_when_over cancelled remember
next_response    customer_wrote_when_over waived    remember
next_response    resolved                 pending   forget
next_response    resolved                 open      cancel
next_response    cancelled                pending   forget
next_response    cancelled                open      cancel
next_response    reopened                 pending   start
next_response    waived                   open      waive
next_response    first_not_owed           pending   start
next_response    first_waived             pending   forget
periodic_update  agent_replied            idle      start
periodic_update  agent_replied            open      next
periodic_update  agent_replied            met       start
periodic_update  agent_replied            cancelled start
periodic_update  agent_replied            waived    start
periodic_update  resolved                 open      cancel
periodic_update  cancelled                open      cancel
periodic_update  waived                   open      waive
resolution       created                  idle      start
resolution       resolved                 open      meet
resolution       cancelled                open      cancel
resolution       reopened                 met       reopen
resolution       reopened                 cancelled proceed
resolution       waived                   open      waive
`

t.test('every metric, trigger and phase: what is not listed changes nothing', async (t) => {
  const found: string[] = []
  for (const metric of metrics) {
    for (const trigger of triggers) {
      for (const phase of phases) {
        const action = reaction(metric, trigger, phase)
        if (action !== null) found.push(`${metric} ${trigger} ${phase} ${action}`)
      }
    }
  }
  t.same(found, expected.trim().split('\n').map((line) => line.replace(/ +/g, ' ')))
})
