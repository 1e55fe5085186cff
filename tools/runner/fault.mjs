/** Why a command cannot go on: one message for people that ends with the way out, and the exit code. */
export class Fault extends Error {
  constructor (message, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
