// Writes alarms until it is killed; says on standard output which ones are durable. Run by state-store.test.ts.
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { sampleAlarm } from './state-store.contract.ts'

const store = openStateStore(process.argv[2] as string)
for (let i = 0; ; i++) {
  store.transaction(() => {
    store.insertAlarm(sampleAlarm({ rule: `rule-${i}` }))
    store.setAppliedThrough({ position: i, tick: i })
  })
  process.stdout.write(`${i}\n`)
}
