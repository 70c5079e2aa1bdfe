import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Outside programs some tests drive; such a test is skipped where its program is absent. */
const programs = {
  mosquitto: ['mosquitto', '/usr/sbin/mosquitto'],
  mosquitto_pub: ['mosquitto_pub'],
  influxd: ['influxd'],
  influx: ['influx'],
  'victoria-metrics': ['victoria-metrics'],
  openssl: ['openssl'],
  chromium: ['chromium', '/usr/bin/chromium'],
  // Without windows and what belongs to them: half the processor time. It shows no notifications.
  'chromium-headless-shell': ['chromium-headless-shell', 'chromium', '/usr/bin/chromium'],
  protoc: ['protoc'],
} as const

export type Program = keyof typeof programs

/** Path of the program, or undefined when it is not installed. With REQUIRE_SERVERS=1 absence is an error, so that nothing is skipped unseen. */
export function findProgram(name: Program): string | undefined {
  for (const candidate of programs[name]) {
    if (candidate.startsWith('/')) {
      if (existsSync(candidate)) return candidate
    } else {
      const found = spawnSync('sh', ['-c', `command -v ${candidate}`], { encoding: 'utf8' }).stdout.trim()
      if (found) return found
    }
  }
  if (process.env.REQUIRE_SERVERS === '1') throw new Error(`${name} is not installed, and REQUIRE_SERVERS=1 forbids skipping its tests`)
  return undefined
}
