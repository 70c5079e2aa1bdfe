import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Role } from '../../src/access/permissions.ts'
import { type Scope, WHOLE_CITY } from '../../src/access/scope.ts'
import { type App, startApp } from '../../src/app.ts'
import { readSettings } from '../../src/config.ts'
import { newUser } from '../../src/edges/http/session.ts'
import { quickHash } from '../quick-hash.ts'
import { findProgram } from '../servers.ts'
import { buildConsole, launchChromium, type Visit, visit } from './chromium.ts'

/** Absent where there is no Chromium; then the tests that need it are skipped. */
export const chromium = findProgram('chromium-headless-shell')
export const login = { name: 'admin', password: 'a password of the browser tests' }
const passwordHash = quickHash(login.password)

export type Facilities = Parameters<App['services']['putFacilities']>[0]

interface RealConsoleOptions {
  facilities?: Facilities
  /** Settings by the name of their environment variable. */
  settings?: Readonly<Record<string, string>>
  /** The browser; `chromium` when absent. */
  executable?: string | undefined
  /** Whether the tests change the built console, which all files of a run share otherwise. */
  changesConsole?: boolean
}

/** The whole product for the tests of one `describe`: its real server, a real MQTT client, a real browser. Each test begins without a page. */
export class RealConsole {
  readonly folder = mkdtempSync(join(tmpdir(), 'console-'))
  app!: App
  browser!: Browser
  mqtt!: MqttClient
  /** ms by which the clock of the server is ahead of ours. */
  ahead = 0
  readonly #settings: Readonly<Record<string, string>>
  readonly #executable: string | undefined
  readonly #changesConsole: boolean
  #built: Awaited<ReturnType<typeof buildConsole>> | undefined

  constructor({ settings = {}, executable = chromium, changesConsole = false }: RealConsoleOptions) {
    this.#settings = settings
    this.#executable = executable
    this.#changesConsole = changesConsole
  }

  async start(facilities: Facilities): Promise<void> {
    this.#built = await buildConsole()
    if (this.#changesConsole) cpSync(this.#built.folder, this.consoleFolder, { recursive: true })
    this.browser = await launchChromium(this.#executable as string)
    await this.startServer()
    if (facilities.length > 0) this.app.services.putFacilities(facilities, 'test')
  }

  /** Starts the server, on the data of the one before if there was one. */
  async startServer(port = '0'): Promise<void> {
    const own = { HTTP_PORT: port, MQTT_PORT: '0', DATA_FOLDER: this.folder, ADMIN_PASSWORD: login.password, SERVER_ID: '' }
    const { config, inForce } = readSettings([], { ...own, ...this.#settings })
    this.app = await startApp({
      ...{ config, settings: inForce, consoleFolder: this.consoleFolder },
      log: pino({ level: 'silent' }),
      now: () => Date.now() + this.ahead,
    })
    const { people } = this.app.services.state
    const admin = people.user(login.name)
    if (admin) people.putUser({ ...admin, passwordHash })
    const { MQTT_USERNAME: username, MQTT_PASSWORD: password } = this.#settings
    this.mqtt = await connectAsync(`mqtt://127.0.0.1:${this.app.mqttPort}`, username && password ? { username, password } : {})
  }

  /** Where the built console is served from. */
  get consoleFolder(): string {
    return this.#changesConsole ? `${this.folder}-built` : (this.#built?.folder as string)
  }

  async stopServer(): Promise<void> {
    await this.mqtt?.endAsync(true)
    await this.app?.stop()
  }

  async stop(): Promise<void> {
    await this.browser?.close()
    await this.stopServer()
    await this.#built?.remove()
    rmSync(this.folder, { recursive: true, force: true })
    if (this.#changesConsole) rmSync(this.consoleFolder, { recursive: true, force: true })
  }

  /** A page in a fresh browser profile; signed in as the administrator unless told otherwise. */
  open(path: string, more: Visit = {}): Promise<Page> {
    return visit(this.browser, this.app.url, { path, login, ...more })
  }

  /** The same, once the live connection is there. */
  async openLive(path: string, more: Visit = {}): Promise<Page> {
    const page = await this.open(path, more)
    await page.locator('.console[data-link=live]').waitFor()
    return page
  }

  /** An account with the password of `login`. */
  async addPerson(name: string, role: Role, scope: Scope = WHOLE_CITY): Promise<void> {
    this.app.services.state.people.putUser({ ...newUser(name, role, scope, 'test', Date.now() + this.ahead), passwordHash })
  }

  /** Publishes values of a facility as its device would; resolves with the acknowledgement. */
  async publish(kind: string, id: string, values: object, at = Date.now()): Promise<void> {
    await this.mqtt.publishAsync(`facilities/${kind}/${id}/telemetry`, JSON.stringify({ at, values }), { qos: 1 })
  }
}

/** Starts the product before the tests of a `describe` and stops it afterwards. */
export function useRealConsole(options: RealConsoleOptions = {}): RealConsole {
  const own = new RealConsole(options)
  beforeAll(() => own.start(options.facilities ?? []))
  afterEach(async () => {
    for (const context of own.browser.contexts()) await context.close()
  })
  afterAll(() => own.stop())
  return own
}
