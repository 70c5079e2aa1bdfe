/** Why a message was not delivered. */
export class DeliveryProblem extends Error {
  /** The other side will never take it as it is; trying again would be of no use. */
  readonly isFinal: boolean

  constructor(message: string, isFinal = false, cause?: unknown) {
    super(message, { cause })
    this.name = 'DeliveryProblem'
    this.isFinal = isFinal
  }
}
