/** Maps wall time to simulated time that runs `speed` times faster. Times in ms since 1970. */
export interface SimulatedClock {
  /** Simulated time at a wall time. */
  at(wall: number): number
}

export interface ClockOptions {
  /** Simulated time at `wallStart`. */
  start: number
  wallStart: number
  speed: number
  /** Otherwise simulated time that has caught up with wall time goes on at x1. */
  mayRunAhead?: boolean
}

export function simulatedClock({ start, wallStart, speed, mayRunAhead = false }: ClockOptions): SimulatedClock {
  return {
    at(wall) {
      const simulated = start + (wall - wallStart) * speed
      return mayRunAhead ? simulated : Math.min(simulated, Math.max(wall, start))
    },
  }
}

/** Where a recording or a run of `duration` ms must start so that at `speed` its last moment falls on the moment it is sent. */
export const startEndingNow = (now: number, duration: number, speed: number) => now - (duration - duration / speed)
