import type { AlarmKpiView } from '../../../../src/edges/http/flood-schemas.ts'
import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { s } from '../texts/alarm-system.ts'

export const percent = (share: number, digits = 0): string => `${formatNumber(share * 100, digits)} %`
/** One decimal where the number is small enough for it to matter. */
const rate = (value: number) => formatNumber(value, value < 10 ? 1 : 0)

interface Measure {
  name: string
  value: string
  /** What it should be, in words. */
  target: string
  isMet: boolean
  note?: string
}

function measuresOf({ rate: load, targets, floods, top, chattering, standing, to }: AlarmKpiView): Measure[] {
  return [
    {
      name: s().meanRate,
      value: rate(load.mean),
      target: s().atMost(formatNumber(targets.rate)),
      isMet: load.mean <= targets.rate,
      note: s().aboveAcceptable(percent(load.aboveAcceptable)),
    },
    {
      name: s().peakRate,
      value: rate(load.peak),
      target: s().atMost(formatNumber(targets.floodRate)),
      isMet: load.peak <= targets.floodRate,
      ...(load.peakAt !== null && { note: formatDateTime(load.peakAt) }),
    },
    {
      name: s().floodShare,
      value: percent(floods.share, floods.share < 0.1 ? 1 : 0),
      target: s().atMost(percent(targets.floodShare)),
      isMet: floods.share <= targets.floodShare,
      note: floods.longest === null ? s().noFloods : s().longestFlood(formatDuration(floods.longest)),
    },
    { name: s().topShare, value: percent(top.share), target: s().atMost(percent(targets.topShare)), isMet: top.share <= targets.topShare },
    {
      name: s().chatteringCount,
      value: formatNumber(chattering.length),
      target: s().none,
      isMet: chattering.length <= targets.chattering,
    },
    {
      name: s().staleCount,
      value: formatNumber(standing.staleCount),
      target: s().fewerThan(formatNumber(targets.stale)),
      isMet: standing.staleCount < targets.stale,
      note: s().asOf(formatDateTime(to)),
    },
  ]
}

/** Each figure with its target beside it; met or not is said in a word, not only by its look. */
export function Targets({ kpi }: { kpi: AlarmKpiView }) {
  return (
    <section class="panel" aria-label={s().againstTargets}>
      <dl class="measures">
        {measuresOf(kpi).map(({ name, value, target, isMet, note }) => (
          <div key={name} class={isMet ? 'measure' : 'measure missed'}>
            <dt>{name}</dt>
            <dd>
              <b>{value}</b> <span class="tag">{isMet ? s().met : s().missed}</span>
              <span class="muted">{target}</span>
              {note && <span class="muted">{note}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <p class="muted">
        {s().counted(formatNumber(kpi.alarms), formatNumber(kpi.hidden), formatNumber(kpi.shelved))} {s().source}
      </p>
    </section>
  )
}
