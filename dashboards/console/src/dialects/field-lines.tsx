import type { KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import { convertibleTo } from '../../../../src/telemetry/units.ts'
import { say } from '../settings.ts'
import { di } from '../texts/dialects.ts'
import { emptyField, type FieldDraft } from './profile-draft.ts'

interface FieldLinesProps {
  kind: KindView | undefined
  fields: readonly FieldDraft[]
  onChange: (fields: readonly FieldDraft[]) => void
}

/** Which field becomes which point, one line each. */
export function FieldLines({ kind, fields, onChange }: FieldLinesProps) {
  const change = (at: number, line: Partial<FieldDraft>) => onChange(fields.map((each, i) => (i === at ? { ...each, ...line } : each)))
  return (
    <fieldset>
      <legend>{di().mapping}</legend>
      <p class="muted small">{di().mappingMeans}</p>
      <ol class="plain-list">
        {fields.map((line, i) => (
          <li key={i}>
            <FieldLine
              line={line}
              kind={kind}
              onChange={(part) => change(i, part)}
              onRemove={() => onChange(fields.filter((_, at) => at !== i))}
            />
          </li>
        ))}
      </ol>
      <button type="button" class="button" onClick={() => onChange([...fields, emptyField])}>
        {di().addField}
      </button>
    </fieldset>
  )
}

interface FieldLineProps {
  line: FieldDraft
  kind: KindView | undefined
  onChange: (part: Partial<FieldDraft>) => void
  onRemove: () => void
}

function FieldLine({ line, kind, onChange, onRemove }: FieldLineProps) {
  const point = kind?.points.find(({ key }) => key === line.point)
  const text = (name: 'field' | 'scale' | 'offset', label: string, placeholder = '') => (
    <label class="field">
      {label}
      <input
        value={line[name]}
        placeholder={placeholder}
        maxLength={300}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    </label>
  )
  return (
    <div class="pairs">
      {text('field', di().field, '/temperature')}
      <label class="field">
        {di().point}
        <select value={line.point} onChange={(event) => onChange({ point: event.currentTarget.value, unit: '' })}>
          <option value="">–</option>
          {kind?.points.map((each) => (
            <option key={each.key} value={each.key}>
              {say(each.title)}
              {each.unit && ` (${each.unit})`}
            </option>
          ))}
        </select>
      </label>
      {point?.type === 'number' && <UnitChoice point={point} unit={line.unit} onChoose={(unit) => onChange({ unit })} />}
      {point?.type === 'number' && text('scale', di().scale, '1')}
      {point?.type === 'number' && text('offset', di().offset, '0')}
      <label class="field">
        {di().names}
        <textarea
          rows={Math.min(8, line.names.split('\n').length)}
          spellcheck={false}
          value={line.names}
          placeholder={hintOf(point)}
          onInput={(event) => onChange({ names: event.currentTarget.value })}
        />
      </label>
      <button type="button" class="button" onClick={onRemove}>
        {di().remove}
        <span class="unseen"> {line.field}</span>
      </button>
    </div>
  )
}

function UnitChoice({ point, unit, onChoose }: { point: PointView; unit: string; onChoose: (unit: string) => void }) {
  return (
    <label class="field">
      {di().unit}
      <select value={unit} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{di().sameUnit(point.unit || '1')}</option>
        {convertibleTo(point.unit)
          .filter((each) => each !== point.unit)
          .map((each) => (
            <option key={each} value={each || '1'}>
              {each || '1'}
            </option>
          ))}
      </select>
    </label>
  )
}

const hintOf = (point: PointView | undefined) =>
  point?.type === 'boolean' ? 'on = true' : point?.type === 'state' ? `1 = ${point.states[0]?.key}` : ''
