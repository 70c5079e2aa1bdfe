import { spawnSync } from 'node:child_process'

const steps = [
  ['types', 'node_modules/typescript/bin/tsc', ['-p', '.']],
  ['lint and format', 'node_modules/@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', '.']],
] as const

if (process.argv.includes('--help')) {
  console.log(
    'Usage: npm run check\n\nChecks types, lint and format of the whole project; exit code 1 when something is wrong.\nnpx biome check --write . mends what can be mended by itself.',
  )
  process.exit(0)
}

let failed = false
for (const [name, program, args] of steps) {
  console.log(`-- ${name}`)
  const { status } = spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' })
  failed ||= status !== 0
}
process.exit(failed ? 1 : 0)
