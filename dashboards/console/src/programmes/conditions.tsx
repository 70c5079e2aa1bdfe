import { useState } from 'preact/hooks'
import type { ConditionView } from '../../../../src/edges/http/programme-schemas.ts'
import { minutes } from '../../../../src/telemetry/duration.ts'
import { formatDuration, formatNumber } from '../format.ts'
import { giveLight } from '../light-changes/light-open.ts'
import { facilityById, kinds, link } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { tell } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { pr } from '../texts/programmes.ts'
import { NamedFields } from './named-fields.tsx'
import { nameOf, percent } from './programme-words.ts'
import { getConditions } from './programmes-api.ts'
import { QueryField } from './query-field.tsx'
import { useProgrammeAnswer } from './use-programmes.ts'

const figure = (value: number): string => formatNumber(value, Number.isInteger(value) ? 0 : 2)

const pointsOf = (facility: string) =>
  (kinds.value.get(facilityById.value.get(facility)?.kind ?? '')?.points ?? []).filter(({ type }) => type === 'number')

function pointWords({ facility, point }: Pick<ConditionView, 'facility' | 'point'>): string {
  const found = pointsOf(facility).find(({ key }) => key === point)
  return `${facility} · ${found ? say(found.title) : point}`
}

const unitOf = ({ facility, point }: Pick<ConditionView, 'facility' | 'point'>): string => {
  const unit = pointsOf(facility).find(({ key }) => key === point)?.unit ?? ''
  return unit === '1' ? '' : unit
}

/** Light that sensors ask for, as in fog. */
export function Conditions() {
  const { answer, problem, again } = useProgrammeAnswer(getConditions, 'conditions')
  const [edited, edit] = useState<ConditionView | 'new' | null>(null)
  const mayEdit = mayWhole('programme.edit')
  const isOff = link.value === 'disconnected'
  const open = (what: ConditionView | 'new') => (isOff ? tell(t().refusedDisconnected, true) : edit(what))
  return (
    <section class="panel">
      <header class="list-bar">
        <h2>{pr().conditions}</h2>
        <span class="muted">{pr().conditionsAbout}</span>
        <span class="grow" />
        {mayEdit && (
          <button type="button" class="button" aria-disabled={isOff} onClick={() => open('new')}>
            {pr().newCondition}…
          </button>
        )}
      </header>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer?.items.length === 0 && <p class="muted">{pr().noConditions}</p>}
      {answer && answer.items.length > 0 && (
        <ScrollTable label={pr().conditions} titles={pr().conditionColumns}>
          {answer.items.map((one) => (
            <tr key={one.id} data-condition={one.id}>
              <th scope="row">
                {nameOf(one)} {one.disabled && <span class="tag">{pr().off}</span>}
              </th>
              <td>{pointWords(one)}</td>
              <td>
                {pr()[one.when](`${figure(one.limit)} ${unitOf(one)}`.trim())}, {pr().clears(figure(one.clear))},{' '}
                {formatDuration(one.delay)}
              </td>
              <td>
                <code>{one.query === '' ? pr().all : one.query}</code>
              </td>
              <td>{pr().atLeast(percent(one.level))}</td>
              <td class="nowrap">
                {mayEdit && (
                  <button type="button" class="button" aria-disabled={isOff} onClick={() => open(one)}>
                    {pr().change}…<span class="unseen"> {nameOf(one)}</span>
                  </button>
                )}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {edited && (
        <ConditionDialog
          before={edited === 'new' ? null : edited}
          taken={answer?.items.map(({ id }) => id) ?? []}
          onDone={again}
          onClose={() => edit(null)}
        />
      )}
    </section>
  )
}

const fresh: ConditionView = {
  ...{ id: '', name: '', nameEn: '', facility: '', point: '', when: 'below', limit: 0, clear: 0 },
  ...{ delay: minutes(5), query: 'kind=street-light', level: 100, disabled: false },
}

interface ConditionDialogProps {
  /** Null for a new one. */
  before: ConditionView | null
  taken: readonly string[]
  onDone: () => void
  onClose: () => void
}

function ConditionDialog({ before, taken, onDone, onClose }: ConditionDialogProps) {
  const [draft, change] = useState<ConditionView>(before ?? fresh)
  const [removes, remove] = useState(false)
  const points = pointsOf(draft.facility)
  const save = async () => {
    const given = await giveLight(removes ? { type: 'remove-condition', condition: draft.id } : { type: 'condition', condition: draft })
    if (given) onDone()
    return given !== null
  }
  const number = (name: 'limit' | 'clear', label: string) => (
    <label class="field">
      {label} {unitOf(draft) && `(${unitOf(draft)})`}
      <input
        type="number"
        required
        step="any"
        value={draft[name]}
        onInput={({ currentTarget: field }) => field.checkValidity() && change({ ...draft, [name]: Number(field.value) })}
      />
    </label>
  )
  return (
    <Dialog
      title={before ? nameOf(before) : pr().newCondition}
      confirm={removes ? pr().remove : t().save}
      onConfirm={save}
      onClose={onClose}
    >
      <NamedFields draft={draft} change={change} {...(!before && { taken })} />
      <div class="programme-fields">
        <label class="field">
          {pr().sensor}
          <input
            required
            maxLength={64}
            autocomplete="off"
            value={draft.facility}
            onInput={({ currentTarget }) => change({ ...draft, facility: currentTarget.value.trim(), point: '' })}
          />
        </label>
        <label class="field">
          {pr().point}
          <select required value={draft.point} onChange={({ currentTarget }) => change({ ...draft, point: currentTarget.value })}>
            <option value="" />
            {points.map(({ key, title }) => (
              <option key={key} value={key} selected={key === draft.point}>
                {say(title)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {pr().when}
          <select
            value={draft.when}
            onChange={({ currentTarget }) => change({ ...draft, when: currentTarget.value as ConditionView['when'] })}
          >
            {(['below', 'above'] as const).map((one) => (
              <option key={one} value={one} selected={one === draft.when}>
                {pr().whens[one]}
              </option>
            ))}
          </select>
        </label>
        {number('limit', pr().limit)}
        {number('clear', pr().clear)}
        <label class="field">
          {pr().delay}
          <input
            type="number"
            required
            min={0}
            max={1440}
            value={draft.delay / minutes(1)}
            onInput={({ currentTarget: field }) => field.checkValidity() && change({ ...draft, delay: Number(field.value) * minutes(1) })}
          />
        </label>
        <label class="field">
          {pr().leastLevel} (%)
          <input
            type="number"
            required
            min={0}
            max={100}
            value={draft.level}
            onInput={({ currentTarget: field }) => field.checkValidity() && change({ ...draft, level: Number(field.value) })}
          />
        </label>
      </div>
      <QueryField label={pr().whose} value={draft.query} put={(query) => change({ ...draft, query })} />
      <label class="check">
        <input
          type="checkbox"
          checked={draft.disabled}
          onChange={({ currentTarget }) => change({ ...draft, disabled: currentTarget.checked })}
        />
        {pr().off}
      </label>
      {before && (
        <label class="check">
          <input type="checkbox" checked={removes} onChange={({ currentTarget }) => remove(currentTarget.checked)} />
          {pr().removeIt}
        </label>
      )}
    </Dialog>
  )
}
