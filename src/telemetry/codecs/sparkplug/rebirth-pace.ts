import { minutes, seconds } from '../../duration.ts'

/** Between two requests to one node; doubled with each until it has needed none for long. */
const FIRST_WAIT = seconds(10)
const LONGEST_WAIT = minutes(20)
const CALM = minutes(40)
/** To all nodes together: births of a large node are long. */
const PER_SECOND = 20

/** How often one node has been asked. */
export interface AskedNode {
  /** ms; when it may be asked again. */
  next: number
  wait: number
}

export const neverAsked = (): AskedNode => ({ next: Number.NEGATIVE_INFINITY, wait: FIRST_WAIT })

/** Keeps requests for births rare, so that a node which cannot be understood does not spend its days being born. */
export class RebirthPace {
  #second = Number.NaN
  #asked = 0

  /** Whether the node may be asked now, ms; it counts as asked then. */
  ask(node: AskedNode, now: number): boolean {
    // Our clock may have been set back.
    if (now < node.next && node.next - now <= LONGEST_WAIT) return false
    const second = Math.floor(now / seconds(1))
    if (second !== this.#second) {
      this.#second = second
      this.#asked = 0
    }
    if (this.#asked >= PER_SECOND) return false
    this.#asked++
    if (now >= node.next + CALM) node.wait = FIRST_WAIT
    node.next = now + node.wait
    node.wait = Math.min(node.wait * 2, LONGEST_WAIT)
    return true
  }
}
