import { pino } from 'pino'
import { simulatedClock } from '../../simulators/clock.ts'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'

/** The program as its own process, for which time runs `CLOCK_SPEED` times faster from `CLOCK_START` on, ms since 1970, at the wall time `CLOCK_WALL`. */
const { CLOCK_START, CLOCK_WALL, CLOCK_SPEED, ...env } = process.env
const clock = simulatedClock({ start: Number(CLOCK_START), wallStart: Number(CLOCK_WALL), speed: Number(CLOCK_SPEED), mayRunAhead: true })
const app = await startApp({
  config: readConfig([], env),
  log: pino({ level: 'warn' }),
  consoleFolder: import.meta.dirname,
  now: () => clock.at(Date.now()),
})
console.log(`  Console and API  ${app.url}\n  MQTT             mqtt://127.0.0.1:${app.mqttPort}`)
