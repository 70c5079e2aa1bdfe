import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

/** A part may use itself and what stands before it. */
const order = [
  'telemetry',
  'command-line',
  'detection',
  'alarms',
  'facilities',
  'access',
  'control',
  'dispatch',
  'operations',
  'storage',
  'pipeline',
  'ingest',
  'ingress',
  'edges',
  'services',
  'replay',
  'backtest',
  'front-door',
  'app',
  'main',
  'db',
]
/** What has no place in the order because everybody may use it; it uses nothing. */
const leaves = ['errors', 'config', 'thread', 'thread-work', 'unheard', 'version']
/** Rules of the domain: no clock, no disk, no network, no package but these. */
const packages: Readonly<Record<string, readonly string[]>> = { detection: ['ml-matrix'], telemetry: ['pbf', 'cborg'] }
const pure = ['telemetry', 'detection', 'alarms', 'facilities', 'access', 'control', 'dispatch', 'operations']

const files = globSync('src/**/*.ts').map((file) => normalize(file))
const part = (file: string) => (file.split('/')[1] as string).replace(/\.ts$/, '')
const imports = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'/gms)].map(
    (m) => (m[1] ?? m[2]) as string,
  )

test.each(files)('%s imports only what stands before it', (file) => {
  for (const specifier of imports(file)) {
    if (!specifier.startsWith('.')) {
      if (pure.includes(part(file)) && !packages[part(file)]?.includes(specifier)) expect.fail(`${file} is pure and imports ${specifier}`)
      continue
    }
    const target = part(join(dirname(file), specifier))
    if (leaves.includes(target)) continue
    expect(order, `${file} is in no known part`).toContain(part(file))
    expect(order.indexOf(target), `${file} imports ${specifier}`).toBeLessThanOrEqual(order.indexOf(part(file)))
  }
})

test('leaves use nothing but each other', () => {
  for (const leaf of leaves)
    for (const specifier of imports(`src/${leaf}.ts`)) expect(specifier).toMatch(/^node:|^\.\/(errors|thread)\.ts$/)
})

test('no pure part reads a clock or draws lots', () => {
  for (const file of files.filter((file) => pure.includes(part(file)))) {
    expect(readFileSync(file, 'utf8'), file).not.toMatch(
      /Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|set(Timeout|Interval|Immediate)\(/,
    )
  }
})
