// Imports facilities slowly until it is killed; says on standard output what it is at. Run by state-store.test.ts.
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { sampleFacility } from './state-store.contract.ts'

export const IMPORTED = 2000
const CHUNK = 20

if (process.argv[1] === import.meta.filename) {
  const store = openStateStore(process.argv[2] as string)
  for (let from = 0; from < IMPORTED; from += CHUNK) {
    const facilities = Array.from({ length: CHUNK }, (_, i) => ({ description: sampleFacility(`L-${from + i}`), changes: [] }))
    store.staging.stage('killed', facilities)
    process.stdout.write('staging\n')
  }
  store.staging.seal('killed', { at: 1, by: 'admin', reason: 'a file' })
  while (store.staging.takeNext('killed', CHUNK).length > 0) process.stdout.write('taking\n')
  // Whoever reads may be behind; only the kill ends this.
  setInterval(() => {}, 1000)
}
