import { useMemo } from 'preact/hooks'
import type { ReportContact } from '../../../../src/edges/http/api.ts'
import { QrCode } from '../../../shared/qr-image.tsx'
import { formatNumber } from '../format.ts'
import { get } from '../live/api.ts'
import { facilities, kinds } from '../live/live.ts'
import type { WallFacility } from '../live/live-state.ts'
import { t } from '../settings.ts'
import { query, setQueries } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { rc } from '../texts/report-codes.ts'
import './codes.css'
import { COLUMNS, isEmptyChoice, type LabelChoice, labelsOf, ROWS, sheetsOf } from './code-labels.ts'
import { isPublic } from './public-kind.ts'

/** Sheets laid out at once: more make browsers slow, and printers run out of paper. */
const SHEETS_PER_PART = 40

/** Labels for poles, ready for paper. */
export function CodesPage() {
  const { answer: contact, problem } = useAnswer(() => get<ReportContact>('/api/report-contact'), '')
  const given = (name: keyof LabelChoice) => query.value.get(name) ?? ''
  const choice: LabelChoice = { district: given('district'), road: given('road'), cabinet: given('cabinet'), ids: given('ids') }
  const all = useMemo(() => facilities.value.filter(isPublic), [facilities.value, kinds.value])
  const labels = isEmptyChoice(choice) ? [] : labelsOf(all, choice)
  const sheets = sheetsOf(labels)
  const parts = Math.max(1, Math.ceil(sheets.length / SHEETS_PER_PART))
  const part = Math.min(parts, Math.max(1, Number(query.value.get('part')) || 1))
  const shown = sheets.slice((part - 1) * SHEETS_PER_PART, part * SHEETS_PER_PART)
  return (
    <div class="codes">
      <section class="panel codes-choice">
        <h1>{rc().title}</h1>
        <p class="muted">{rc().about}</p>
        <Choice all={all} choice={choice} />
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {contact?.url === null && <p class="problem">{rc().noUrl}</p>}
        {contact?.url && contact.phone === null && <p class="problem">{rc().noPhone}</p>}
        <div class="buttons">
          <span role="status">
            {isEmptyChoice(choice)
              ? rc().choose
              : labels.length === 0
                ? rc().none
                : rc().count(formatNumber(labels.length), formatNumber(sheets.length))}
          </span>
          {contact?.url && labels.length > 0 && (
            <button type="button" class="button primary" onClick={() => print()}>
              {rc().print}…
            </button>
          )}
          {parts > 1 && <Parts part={part} parts={parts} />}
        </div>
      </section>
      {contact?.url && shown.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="code-sheets" aria-label={rc().sheets} tabIndex={0}>
          {shown.map((sheet) => (
            <Sheet key={sheet[0]?.id} labels={sheet} url={contact.url as string} phone={contact.phone} />
          ))}
        </section>
      )}
    </div>
  )
}

function Choice({ all, choice }: { all: readonly WallFacility[]; choice: LabelChoice }) {
  const inDistrict = all.filter(({ district }) => !choice.district || district === choice.district)
  const feeding = new Set(inDistrict.map(({ fedBy }) => fedBy))
  const options: Readonly<Record<'district' | 'road' | 'cabinet', readonly string[]>> = {
    district: distinct(all.map(({ district }) => district)),
    road: distinct(inDistrict.map(({ road }) => road)),
    cabinet: distinct(inDistrict.filter(({ id }) => feeding.has(id)).map(({ id }) => id)),
  }
  // Another choice begins at its first part, and what of it does not fit the district is let go.
  const change = (name: keyof LabelChoice, value: string) =>
    setQueries({ part: null, ...(name === 'district' && { road: null, cabinet: null }), [name]: value || null })
  return (
    <div class="pairs">
      {(['district', 'road', 'cabinet'] as const).map((name) => (
        <label key={name} class="field">
          {rc()[name]}
          <select value={choice[name]} onChange={({ currentTarget }) => change(name, currentTarget.value)}>
            <option value="">{rc().any}</option>
            {options[name].map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      ))}
      <label class="field">
        {rc().ids}
        <input
          type="search"
          autocomplete="off"
          placeholder="SL-0001, SL-0002"
          value={choice.ids}
          onInput={({ currentTarget }) => change('ids', currentTarget.value)}
        />
      </label>
    </div>
  )
}

const inOrder = new Intl.Collator('zh', { numeric: true })
const distinct = (names: readonly string[]): string[] => [...new Set(names)].filter(Boolean).sort(inOrder.compare)

function Parts({ part, parts }: { part: number; parts: number }) {
  const go = (to: number) => () => to >= 1 && to <= parts && setQueries({ part: String(to) }, false)
  return (
    <>
      <button type="button" class="button" aria-disabled={part === 1} onClick={go(part - 1)}>
        ← {t().previousPage}
      </button>
      <span class="muted">{rc().part(formatNumber(part), formatNumber(parts))}</span>
      <button type="button" class="button" aria-disabled={part === parts} onClick={go(part + 1)}>
        {t().nextPage} →
      </button>
    </>
  )
}

function Sheet({ labels, url, phone }: { labels: readonly WallFacility[]; url: string; phone: string | null }) {
  return (
    <div class="code-sheet">
      <CutMarks />
      {labels.map((label) => (
        <Label key={label.id} label={label} url={url} phone={phone} />
      ))}
    </div>
  )
}

/** Reads the same for everybody who passes by, whatever language the console speaks. */
function Label({ label: { id, road }, url, phone }: { label: WallFacility; url: string; phone: string | null }) {
  return (
    <div class="code-label">
      <QrCode text={`${url}/${encodeURIComponent(id)}`} label={rc().code(id)} />
      <div>
        <p class="code-call" lang="zh-CN">
          灯不亮？扫码报修
        </p>
        <p lang="en">Light out? Scan to report</p>
        <p class="code-id">{id}</p>
        <p class="code-road">{road}</p>
        {phone && (
          <p class="code-phone">
            <span lang="zh-CN">电话</span> · <span lang="en">Tel.</span> <b>{phone}</b>
          </p>
        )}
      </div>
    </div>
  )
}

/** mm. */
const LABEL = { width: 93, height: 54 }
const MARK = 3

/** A cross at every corner of a label. */
function CutMarks() {
  const corners = Array.from({ length: COLUMNS + 1 }, (_, column) => column * LABEL.width).flatMap((x) =>
    Array.from({ length: ROWS + 1 }, (_, row) => [x, row * LABEL.height] as const),
  )
  const path = corners.map(([x, y]) => `M${x - MARK} ${y}h${2 * MARK}M${x} ${y - MARK}v${2 * MARK}`).join('')
  return (
    <svg class="cut-marks" viewBox={`0 0 ${COLUMNS * LABEL.width} ${ROWS * LABEL.height}`} aria-hidden="true">
      <path d={path} />
    </svg>
  )
}
