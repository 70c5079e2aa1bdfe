import { join } from 'node:path'
import { pino } from 'pino'
import { startApp } from './app.ts'
import { configHelp, readSettings } from './config.ts'
import { LamplighterError } from './errors.ts'
import { logUnheard } from './unheard.ts'

/** Exit codes: 2 = the configuration or its surroundings must be changed by hand, 1 = anything else. */
const EXIT_CONFIG = 2
/** ms after which another signal ends the program without waiting for its parts. */
const IMPATIENT = 1000

async function main(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(configHelp())
    return
  }
  const { config, inForce } = readSettings(args, process.env)
  const log = pino({ level: config.LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  logUnheard(log)
  const app = await startApp({
    config,
    settings: inForce,
    log,
    consoleFolder: join(import.meta.dirname, '..', 'dashboards', 'dist'),
  })
  console.log(`Lamplighter is up.\n  Console and API  ${app.url}\n  MQTT             mqtt://${config.MQTT_HOST}:${app.mqttPort}`)
  for (const [title, url] of app.mqttListeners) console.log(`  ${title.padEnd(21)}${url}`)
  if (app.firstAccount) {
    const { name, password } = app.firstAccount
    console.log(
      config.ADMIN_PASSWORD
        ? `  Account          ${name}`
        : `  Account          ${name}\n  Password         ${password}   (shown this once)`,
    )
  }
  let stoppingSince = 0
  const stop = (signal: string) => {
    // A terminal and the launcher both pass on one Ctrl-C; a second one later means it.
    if (stoppingSince > 0) {
      if (Date.now() - stoppingSince > IMPATIENT) process.exit(1)
      return
    }
    stoppingSince = Date.now()
    log.info({ signal }, 'stopping')
    app.stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'did not stop cleanly')
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof LamplighterError) {
    console.error(error.message)
    process.exit(error.code === 'config-invalid' || error.code === 'journal-unwritable' ? EXIT_CONFIG : 1)
  }
  console.error(error)
  process.exit(1)
})
