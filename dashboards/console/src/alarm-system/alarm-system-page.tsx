import { useMemo } from 'preact/hooks'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { navigate, query, setQuery } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { s } from '../texts/alarm-system.ts'
import { getKpi } from './alarm-system-api.ts'
import { FloodList } from './flood-list.tsx'
import { PriorityShares } from './priority-shares.tsx'
import { Sources } from './sources.tsx'
import { Standing } from './standing.tsx'
import { Targets } from './targets.tsx'
import { Times } from './times.tsx'

const DAY = 86_400_000
const ranges = { '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY } as const

const rangeNames = Object.keys(ranges) as (keyof typeof ranges)[]

/** How the alarm system itself does, against what ISA-18.2 and EEMUA 191 ask for. */
export function AlarmSystemPage() {
  useKeys({ Escape: () => navigate('/') })
  const wanted = query.value.get('range')
  const range = wanted && wanted in ranges ? (wanted as keyof typeof ranges) : '24h'
  // Of a page that was opened, not of every second.
  const to = useMemo(() => serverNow.peek(), [range])
  const { answer: kpi, problem } = useAnswer(() => getKpi(to - ranges[range], to), range)
  return (
    <div class="stack alarm-system">
      <div class="list-bar">
        <h1>{s().title}</h1>
        <fieldset class="together plain" aria-label={s().range}>
          {rangeNames.map((name) => (
            <button key={name} type="button" class="button" aria-pressed={name === range} onClick={() => setQuery('range', name)}>
              {s().ranges[name]}
            </button>
          ))}
        </fieldset>
        {kpi && <span class="muted">{s().operators(String(kpi.operators))}</span>}
      </div>
      {problem && <p class="problem">{problem}</p>}
      {!kpi && !problem && <p class="muted hint">{t().loading}</p>}
      {kpi && (
        <>
          <Targets kpi={kpi} />
          <div class="kpi-columns">
            <PriorityShares kpi={kpi} />
            <Times kpi={kpi} />
            <Sources title={s().topTen} sources={kpi.top.sources} total={kpi.alarms} />
            <Sources title={s().chattering} sources={kpi.chattering} total={kpi.alarms} />
          </div>
          <Standing kpi={kpi} />
        </>
      )}
      <FloodList />
    </div>
  )
}
