// biome-ignore-all lint/a11y/useSemanticElements: the elements of a table cannot be placed one by one as a virtual list needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows and heads of this table do nothing by themselves
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatNumber, formatWhen, formatWithUnit } from '../format.ts'
import { facilityById, kinds, serverNow } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { navigate } from '../shell/router.ts'
import { lookOf, StateSymbol } from '../symbols.tsx'
import { isUnacknowledged, ruleOf, textsOf } from './alarm-order.ts'
import { pick } from './picked.ts'
import { alarmPath } from './selection.ts'

export const ROW_HEIGHT = 32

/** How long ago, by the server's clock, kept current. */
export const Age = ({ since }: { since: number }) => <>{formatDuration(serverNow.value - since)}</>

export function alarmTitle(alarm: AlarmView): string {
  const texts = textsOf(alarm, kinds.value)
  return texts ? say(texts.title) : alarm.rule
}

/** The value an operator wants to see first, as it was when the rule fired. */
export function alarmValue(alarm: AlarmView): string {
  const key = ruleOf(alarm, kinds.value)?.points[0]
  const point = kinds.value.get(alarm.kind)?.points.find((candidate) => candidate.key === key)
  return key === undefined ? '' : formatWithUnit(point, alarm.evidence.values[key])
}

export function StateTag({ alarm }: { alarm: AlarmView }) {
  return <span class={`tag ${alarm.state}`}>{t().alarmTags[alarm.state]}</span>
}

/** What is out of the ordinary about an alarm, in a word each. */
export function Marks({ alarm }: { alarm: AlarmView }) {
  const { escalated, basePriority, raisedFrom, chattering, historical } = alarm
  return (
    <>
      {escalated && <span class="tag">↑ {t().escalatedFrom(t().priorities[basePriority])}</span>}
      {raisedFrom && <span class="tag">↑ {t().raisedFrom(t().priorities[raisedFrom])}</span>}
      {chattering && <span class="tag">{t().chattering}</span>}
      {historical && <span class="tag">{t().historical}</span>}
    </>
  )
}

interface RowProps {
  alarm: AlarmView
  index: number
  top: number
  selected: boolean
  picked: boolean
  /** Of the whole list, in its order. */
  ids: () => readonly number[]
}

export function AlarmRow({ alarm, index, top, selected, picked, ids }: RowProps) {
  const facility = facilityById.value.get(alarm.facility)
  const unacknowledged = isUnacknowledged(alarm)
  const name = facility?.name && facility.name !== alarm.facility ? facility.name : undefined
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the link inside does the same by keyboard
    <div
      class={`row ${alarm.priority} ${unacknowledged ? 'unacknowledged' : ''} ${selected ? 'selected' : ''} ${picked ? 'picked' : ''}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={picked || undefined}
      style={{ transform: `translateY(${top}px)`, height: `${ROW_HEIGHT}px` }}
      onClick={(event) => {
        if (event.shiftKey || event.ctrlKey || event.metaKey) {
          event.preventDefault()
          pick(alarm.id, ids, event.shiftKey)
        } else navigate(alarmPath(alarm.id))
      }}
    >
      <span role="cell" class="with-symbol">
        <StateSymbol state={alarm.priority} look={lookOf(alarm)} />
        {t().priorities[alarm.priority]}
      </span>
      <span role="cell">{formatWhen(alarm.activated, serverNow.peek())}</span>
      <span role="cell">
        <Age since={alarm.activated} />
      </span>
      <span role="cell">{facility?.district}</span>
      <span role="cell" title={name}>
        {alarm.facility}
      </span>
      <span role="cell" class="fault">
        <a href={alarmPath(alarm.id)} tabIndex={selected ? 0 : -1} aria-current={selected ? 'true' : undefined}>
          {alarmTitle(alarm)}
        </a>
        <Marks alarm={alarm} />
        {alarm.affects > 0 && <span class="tag">{t().affectsShort(formatNumber(alarm.affects))}</span>}
      </span>
      <span role="cell" class="number">
        {alarmValue(alarm)}
      </span>
      <span role="cell">
        <StateTag alarm={alarm} />
      </span>
    </div>
  )
}
