import { computed } from '@preact/signals'
import { type Priority, priorities } from '../../../../src/detection/rule.ts'
import type { Domain } from '../../../../src/facilities/facility-kind.ts'
import { kinds } from '../live/live.ts'
import { t } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { isUnacknowledged } from './alarm-order.ts'
import { filter, standing } from './selection.ts'

interface Cell {
  unacknowledged: number
  all: number
}

const cells = computed(() => {
  const counted = new Map<string, Cell>()
  for (const alarm of standing.value) {
    const key = `${kinds.value.get(alarm.kind)?.domain}-${alarm.priority}`
    const cell = counted.get(key) ?? { unacknowledged: 0, all: 0 }
    cell.all++
    if (isUnacknowledged(alarm)) cell.unacknowledged++
    counted.set(key, cell)
  }
  return counted
})

/** Domains that have a kind, in the catalogue's order. */
const domains = computed(() => {
  const present = new Set([...kinds.value.values()].map(({ domain }) => domain))
  return (Object.keys(t().domains) as Domain[]).filter((domain) => present.has(domain))
})

/** Where the alarms are: domains by priorities; a cell filters the list. */
export function Matrix() {
  return (
    <section class="panel matrix" aria-label={t().matrix}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="muted">{t().matrixKey}</span>
            </th>
            {priorities.map((priority) => (
              <th key={priority} scope="col">
                <span class="with-symbol">
                  <StateSymbol state={priority} />
                  {t().priorities[priority]}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {domains.value.map((domain) => (
            <tr key={domain}>
              <th scope="row">{t().domains[domain]}</th>
              {priorities.map((priority) => (
                <MatrixCell key={priority} domain={domain} priority={priority} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function MatrixCell({ domain, priority }: { domain: Domain; priority: Priority }) {
  const { unacknowledged, all } = cells.value.get(`${domain}-${priority}`) ?? { unacknowledged: 0, all: 0 }
  const chosen = filter.value.domain === domain && filter.value.priority === priority
  if (all === 0 && !chosen) {
    return (
      <td class="none">
        <span aria-hidden="true">·</span>
        <span class="unseen">0</span>
      </td>
    )
  }
  const toggle = () => {
    filter.value = { ...filter.value, domain: chosen ? null : domain, priority: chosen ? null : priority }
  }
  const words = `${t().domains[domain]}, ${t().priorities[priority]}: ${t().unackOfAll(unacknowledged, all)}`
  return (
    <td class={unacknowledged > 0 ? `alarmed ${priority}` : ''}>
      <button type="button" aria-pressed={chosen} title={words} onClick={toggle}>
        <b>{unacknowledged}</b>
        <span>/{all}</span>
        <span class="unseen"> {words}</span>
      </button>
    </td>
  )
}
