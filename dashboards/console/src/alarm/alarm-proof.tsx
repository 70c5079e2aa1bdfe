import type { AlarmView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { Evidence } from './alarm-evidence.tsx'
import { History } from './alarm-history.tsx'
import { Reach } from './alarm-reach.tsx'

/** What stands behind a chosen alarm: whom it concerns, why it fired, what became of it. */
export function AlarmProof({ alarm, rule }: { alarm: AlarmView; rule: RuleView | undefined }) {
  return (
    <>
      <Reach alarm={alarm} rule={rule} />
      <Evidence alarm={alarm} rule={rule} />
      <History alarm={alarm} />
    </>
  )
}
