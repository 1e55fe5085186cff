import { getClockExplanation } from './get-clock-explanation.route.ts'
import { getClockLedger } from './get-clock-ledger.route.ts'
import { getClock } from './get-clock.route.ts'
import { getClocks } from './get-clocks.route.ts'
import type { Route } from './route-deps.ts'
import { postClockExtend } from './post-clock-extend.route.ts'
import { postClockPause } from './post-clock-pause.route.ts'
import { postClockPreview } from './post-clock-preview.route.ts'
import { postClockRecompute } from './post-clock-recompute.route.ts'
import { postClockResume } from './post-clock-resume.route.ts'
import { postClockSimulation } from './post-clock-simulation.route.ts'
import { postClockWaive } from './post-clock-waive.route.ts'

/** Every operation of the service. */
export const routes: readonly Route[] = [
  getClocks,
  getClock,
  getClockLedger,
  getClockExplanation,
  postClockPause,
  postClockResume,
  postClockExtend,
  postClockWaive,
  postClockRecompute,
  postClockSimulation,
  postClockPreview
]
