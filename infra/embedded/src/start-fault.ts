/** sysexits.h EX_CONFIG: supervisors can tell what was chosen wrongly from a failure. */
const exitCodeOfWrongChoice = 78

/** Why a program of the embedded form ends: one sentence for people that ends with the way out, and the exit code. */
export class StartFault extends Error {
  override readonly name = 'StartFault'
  readonly exitCode: number
  constructor (message: string, { exitCode = 1, cause }: { exitCode?: number, cause?: unknown } = {}) {
    super(message, { cause })
    this.exitCode = exitCode
  }
}

/** What was asked for cannot be done: trying again is in vain (exit code 78). */
export function wrongChoice (message: string, cause?: unknown): StartFault {
  return new StartFault(message, { exitCode: exitCodeOfWrongChoice, cause })
}
