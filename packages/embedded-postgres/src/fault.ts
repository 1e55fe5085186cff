/**
 * Why a server cannot be had: one sentence for people that ends with the way out. `kind` says what has to change:
 * `folder` the folder that was chosen (or who uses it), so that trying again is in vain; `server` nothing that was
 * chosen.
 */
export class ServerFault extends Error {
  override readonly name = 'ServerFault'
  readonly kind: 'folder' | 'server'
  constructor (kind: 'folder' | 'server', message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
