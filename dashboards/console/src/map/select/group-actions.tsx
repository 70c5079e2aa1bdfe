import { computed } from '@preact/signals'
import { useState } from 'preact/hooks'
import type { AlarmView } from '../../../../../src/edges/http/schemas.ts'
import type { FacilityMode } from '../../../../../src/facilities/plant.ts'
import { commandOpen } from '../../commands/command-open.ts'
import { formatNumber } from '../../format.ts'
import { kinds, link, takeAnswer } from '../../live/live.ts'
import { stateCodes, type WallFacility } from '../../live/live-state.ts'
import { GroupDialog } from '../../rules/group-dialog.tsx'
import { say, t } from '../../settings.ts'
import { may, mayWhole } from '../../shell/access.ts'
import { Dialog, ReasonField } from '../../shell/dialog.tsx'
import { useKeys } from '../../shell/keys.ts'
import { act, tell } from '../../shell/notice.tsx'
import { StateSymbol } from '../../symbols.tsx'
import { c as cc } from '../../texts/commands.ts'
import { c } from '../../texts/select.ts'
import { compareAlarms, isUnacknowledged } from '../../wall/alarm-order.ts'
import { alarmPath, standing } from '../../wall/selection.ts'
import { states } from '../map-state.ts'
import { facilityCsv } from './csv.ts'
import { liveQueryOf, queryOf } from './query-text.ts'
import { acknowledgeEach, commentOnEach, MOST_MODES, setModes } from './select-api.ts'
import { choice, chosen } from './select-state.ts'

/** Lines that a page of plots takes. */
const MOST_PLOTTED = 12
const ALARMS_LISTED = 6

/** Standing alarms of what is selected, the most urgent first. */
const ownAlarms = computed((): AlarmView[] => {
  const ids = new Set(chosen.value.map(({ id }) => id))
  return ids.size === 0 ? [] : standing.value.filter(({ facility }) => ids.has(facility)).sort(compareAlarms)
})

const stateOf = ({ number }: WallFacility) => stateCodes[states.value[number] ?? 0] ?? 'normal'

type Asking = 'acknowledge' | 'comment' | 'mode' | 'group' | null

/** One thing that can be done with all that is selected: a button that asks, or a link. What may not be done is absent. */
interface Action {
  key: string
  title: string
  isThere: boolean
  /** It changes something, so it is refused while disconnected. */
  changes?: true
  href?: string | null
  run?: () => void
}

export function GroupActions() {
  const [asking, ask] = useState<Asking>(null)
  const list = chosen.value
  const alarms = ownAlarms.value
  const unacknowledged = alarms.filter(isUnacknowledged)
  const query = queryOf(
    choice.value,
    list.map(({ id }) => id),
  )
  const command = () => {
    commandOpen.value = { ids: list.map(({ id }) => id), query: liveQueryOf(choice.value) }
  }
  const actions: readonly Action[] = [
    {
      key: 'acknowledge',
      title: c().acknowledge(formatNumber(unacknowledged.length)),
      isThere: may('alarm.answer') && unacknowledged.length > 0,
      changes: true,
      run: () => ask('acknowledge'),
    },
    { key: 'comment', title: c().comment, isThere: may('alarm.answer') && alarms.length > 0, changes: true, run: () => ask('comment') },
    {
      key: 'command',
      title: cc().group,
      isThere: may('command.send') && list.some(({ kind }) => (kinds.value.get(kind)?.commands.length ?? 0) > 0),
      changes: true,
      run: command,
    },
    {
      key: 'override',
      title: c().override,
      isThere: may('programme.override') && query !== null && list.some(({ kind }) => kinds.value.get(kind)?.light),
      href: query && `/programmes/overrides?new=1&query=${encodeURIComponent(query)}`,
    },
    {
      key: 'tonight',
      title: c().tonight,
      isThere: query !== null && list.some(({ kind }) => kinds.value.get(kind)?.light),
      href: query && `/programmes?query=${encodeURIComponent(query)}`,
    },
    { key: 'mode', title: c().mode, isThere: may('facility.mode'), changes: true, run: () => ask('mode') },
    { key: 'plots', title: plotsTitle(list.length), isThere: true, href: plotsAddress(list) },
    { key: 'alarms', title: c().alarmList, isThere: query !== null, href: query && alarmsAddress(query) },
    { key: 'group', title: c().makeGroup, isThere: mayWhole('rule.edit') && query !== null, changes: true, run: () => ask('group') },
    { key: 'csv', title: c().exportCsv, isThere: true, run: () => save(list) },
  ]
  const close = () => ask(null)
  useKeys(list.length > 0 ? { c: command } : {})
  return (
    <section aria-label={c().actions}>
      <div class="buttons">
        {actions
          .filter(({ isThere }) => isThere)
          .map((action) => (
            <ActionButton key={action.key} action={action} />
          ))}
      </div>
      {link.value === 'disconnected' && <p class="muted">{t().refusedDisconnected}</p>}
      {asking === 'acknowledge' && <AcknowledgeDialog alarms={unacknowledged} onClose={close} />}
      {asking === 'comment' && <CommentDialog alarms={alarms} onClose={close} />}
      {asking === 'mode' && <ModeDialog list={list} onClose={close} />}
      {asking === 'group' && <GroupDialog group={null} query={query ?? ''} onDone={close} onClose={close} />}
    </section>
  )
}

function ActionButton({ action: { title, href, run, changes } }: { action: Action }) {
  if (href)
    return (
      <a class="button" href={href}>
        {title}
      </a>
    )
  const refused = changes === true && link.value === 'disconnected'
  return (
    <button type="button" class="button" aria-disabled={refused} onClick={() => (refused ? tell(t().refusedDisconnected, true) : run?.())}>
      {title}
    </button>
  )
}

const plotsTitle = (count: number): string => (count > MOST_PLOTTED ? c().plotsFirst(formatNumber(MOST_PLOTTED)) : c().plots)

function plotsAddress(list: readonly WallFacility[]): string {
  const series = list.slice(0, MOST_PLOTTED).map(({ id, kind }) => `${id}:${kinds.value.get(kind)?.panel.headline ?? ''}`)
  return `/plots?series=${encodeURIComponent(series.join(';'))}`
}

const alarmsAddress = (query: string): string => `/alarms?query=${encodeURIComponent(query)}`

function save(list: readonly WallFacility[]): void {
  const text = facilityCsv(list, c().csvColumns, (facility) => t().facilityStates[stateOf(facility)])
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = 'selection.csv'
  anchor.click()
  URL.revokeObjectURL(address)
}

/** Whoever acts on more than one says how many, so that nobody acts on a hundred by a click. */
function TypedCount({ count }: { count: number }) {
  if (count < 2) return null
  return (
    <label class="field">
      {c().typeCount(String(count))}
      <input name="count" required pattern={String(count)} inputMode="numeric" autocomplete="off" />
    </label>
  )
}

function AcknowledgeDialog({ alarms, onClose }: { alarms: readonly AlarmView[]; onClose: () => void }) {
  const [asked] = useState(alarms)
  const send = (form: FormData) =>
    act(async () => {
      const { alarms: done, refused } = await acknowledgeEach(asked, String(form.get('text')).trim())
      takeAnswer(done)
      tell(c().acknowledged(formatNumber(done.length), refused), refused > 0)
    })
  return (
    <Dialog title={c().acknowledgeTitle(formatNumber(asked.length))} confirm={t().acknowledge} onConfirm={send} onClose={onClose}>
      <label class="field">
        {c().optionalComment}
        <textarea name="text" maxLength={2000} rows={2} />
      </label>
      <TypedCount count={asked.length} />
    </Dialog>
  )
}

function CommentDialog({ alarms, onClose }: { alarms: readonly AlarmView[]; onClose: () => void }) {
  const [asked] = useState(alarms)
  const send = (form: FormData) =>
    act(async () => {
      const { alarms: done } = await commentOnEach(asked, String(form.get('text')).trim())
      takeAnswer(done)
      tell(c().commented(formatNumber(done.length)))
    })
  return (
    <Dialog title={c().commentTitle(formatNumber(asked.length))} confirm={t().save} onConfirm={send} onClose={onClose}>
      <ReasonField label={c().commentLabel} name="text" />
      <TypedCount count={asked.length} />
    </Dialog>
  )
}

function ModeDialog({ list, onClose }: { list: readonly WallFacility[]; onClose: () => void }) {
  const [asked] = useState(list)
  const isMany = asked.length > MOST_MODES
  const [mode, choose] = useState<FacilityMode>(asked.every((one) => stateOf(one) === 'out-of-service') ? 'auto' : 'out-of-service')
  const send = (form: FormData) =>
    act(async () => {
      const ids = asked.map(({ id }) => id)
      const { results } = await setModes(ids, mode, String(form.get('reason')))
      const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length
      tell(c().modesDone(formatNumber(count('changed')), count('unchanged'), count('unknown')), count('unknown') > 0)
    })
  const title = c().modeTitle(formatNumber(asked.length))
  if (isMany)
    return (
      <Dialog title={title} onClose={onClose}>
        <p>{c().mostAtOnce(formatNumber(MOST_MODES))}</p>
      </Dialog>
    )
  return (
    <Dialog title={title} confirm={t().save} onConfirm={send} onClose={onClose}>
      <label class="field">
        {t().mode}
        <select name="mode" value={mode} onChange={(event) => choose(event.currentTarget.value as FacilityMode)}>
          {(Object.keys(t().modes) as FacilityMode[]).map((key) => (
            <option key={key} value={key}>
              {t().modes[key]}
            </option>
          ))}
        </select>
      </label>
      {mode === 'out-of-service' && <p>{t().outOfServiceMeans}</p>}
      <ReasonField label={t().reason} />
      <TypedCount count={asked.length} />
    </Dialog>
  )
}

/** What of the selection is in alarm; the whole list is a page of its own. */
export function SelectedAlarms() {
  const alarms = ownAlarms.value
  return (
    <section>
      <h3>{c().alarms(formatNumber(alarms.length))}</h3>
      {alarms.length === 0 && <p class="muted">{c().noAlarms}</p>}
      <ul class="chosen-alarms">
        {alarms.slice(0, ALARMS_LISTED).map((alarm) => (
          <li key={alarm.id}>
            <StateSymbol state={alarm.priority} size={14} />
            <span class="unseen">{t().priorities[alarm.priority]}</span>
            <a href={alarmPath(alarm.id)}>{titleOf(alarm)}</a> <span class="muted">{alarm.facility}</span>
            {isUnacknowledged(alarm) && <span class={`tag ${alarm.state}`}>{t().alarmTags[alarm.state]}</span>}
          </li>
        ))}
      </ul>
      {alarms.length > ALARMS_LISTED && <p class="muted">{c().moreAlarms(formatNumber(alarms.length - ALARMS_LISTED))}</p>}
    </section>
  )
}

const titleOf = ({ kind, rule }: AlarmView): string => {
  const found = kinds.value.get(kind)?.rules.find(({ key }) => key === rule)
  return found ? say(found.title) : rule
}
