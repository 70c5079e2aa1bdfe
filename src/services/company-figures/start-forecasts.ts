import type { Logger } from 'pino'
import type { CompanyFigures } from '../../edges/company-figures.ts'
import { minutes } from '../../telemetry/duration.ts'

/** What is expected changes with the day, the weather and the calendar of days off. */
const PERIOD = minutes(5)

/** Lets the alarms of a running city go by what is forecast; returns how that ends. */
export function startForecasts(figures: Pick<CompanyFigures, 'tellExpectedUse'>, log: Pick<Logger, 'error'>): () => void {
  let [isRunning, isStopped] = [false, false]
  const tick = async () => {
    if (isRunning) return
    isRunning = true
    try {
      await figures.tellExpectedUse()
    } catch (error) {
      if (!isStopped) log.error({ err: error }, 'the use of gas could not be forecast; it is tried again')
    }
    isRunning = false
  }
  void tick()
  const ticking = setInterval(() => void tick(), PERIOD)
  return () => {
    isStopped = true
    clearInterval(ticking)
  }
}
