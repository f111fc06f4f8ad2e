/** Of what is begun again before it has ended only the last counts: each turn can be asked whether it still is that. */
export class Turns {
  private last = 0

  /** Begins anew: no turn from before counts any more. */
  next(): () => boolean {
    this.last += 1
    return this.current()
  }

  /** Joins what is under way. */
  current(): () => boolean {
    const mine = this.last
    return () => mine === this.last
  }
}
