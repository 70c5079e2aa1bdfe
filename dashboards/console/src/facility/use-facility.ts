import { useEffect, useState } from 'preact/hooks'
import type { EffectiveRuleView } from '../../../../src/edges/http/rule-schemas.ts'
import type { FacilityDetail, LatestView } from '../../../../src/edges/http/schemas.ts'
import { getFacility } from '../live/api.ts'
import { link, watch, watched } from '../live/live.ts'
import { getRules } from '../rules/rules-api.ts'

const REFRESH = 15_000
/** Engineers seldom change rules while somebody looks. */
const RULES_REFRESH = 60_000

/** Counts up every `period` ms while somebody looks and the connection is there. */
export function useTurn(period: number): number {
  const [turn, next] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && link.peek() === 'live' && next((n) => n + 1), period)
    return () => clearInterval(timer)
  }, [period])
  return turn
}

/** The facility as the server has it; asked anew when the connection comes back, and as what a value should be changes with dusk and commands. */
export function useFacility(id: string) {
  const [detail, setDetail] = useState<FacilityDetail | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [asked, ask] = useState(0)
  const turn = useTurn(REFRESH)
  const linked = link.value === 'live'
  useEffect(() => {
    let wanted = true
    getFacility(id).then(
      (answer) => {
        if (wanted) setDetail(answer)
        if (wanted) setProblem(null)
      },
      (failure) => wanted && setProblem(failure),
    )
    return () => {
      wanted = false
    }
  }, [id, asked, turn, linked])
  useEffect(() => {
    watch(id)
    return () => watch(null)
  }, [id])
  return { detail: detail?.facility.id === id ? detail : null, problem, again: () => ask((n) => n + 1) }
}

/** What is in force of its rules; null until that is known, and where it cannot be learned. */
export function useRulesInForce(id: string): readonly EffectiveRuleView[] | null {
  const [found, setFound] = useState<{ id: string; rules: readonly EffectiveRuleView[] } | null>(null)
  const turn = useTurn(RULES_REFRESH)
  useEffect(() => {
    let wanted = true
    getRules(id).then(
      ({ rules }) => wanted && setFound({ id, rules }),
      () => undefined,
    )
    return () => {
      wanted = false
    }
  }, [id, turn])
  return found?.id === id ? found.rules : null
}

/** Newest of what was fetched and what came live, by point. */
export function latestOf(detail: FacilityDetail): Map<string, LatestView> {
  const latest = new Map(detail.latest.map((one) => [one.point, one]))
  if (watched.value.facility === detail.facility.id) {
    for (const [point, value, at, good] of watched.value.readings.values()) {
      if (at >= (latest.get(point)?.at ?? 0)) latest.set(point, { point, value, at, good })
    }
  }
  return latest
}
