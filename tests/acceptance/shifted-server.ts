import { pino } from 'pino'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'

/** The program as its own process, with a clock that is ahead by `CLOCK_AHEAD`, ms, so that a test can let time pass over a restart. */
const { CLOCK_AHEAD, ...env } = process.env
const app = await startApp({
  config: readConfig([], env),
  log: pino({ level: 'warn' }),
  consoleFolder: import.meta.dirname,
  now: () => Date.now() + Number(CLOCK_AHEAD),
})
console.log(`  Console and API  ${app.url}\n  MQTT             mqtt://127.0.0.1:${app.mqttPort}`)
