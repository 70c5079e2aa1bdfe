import { useState } from 'preact/hooks'
import type { SetAsideBatch } from '../../../../src/storage/set-aside.ts'
import { formatDateTime, formatFull, formatNumber } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { d } from '../texts/storage.ts'
import { getSetAside, getSetAsideRows, removeBatch, retryAll, retryBatch } from './storage-api.ts'

const PAGE = 20
const ROWS_SHOWN = 50

interface SetAsideProps {
  batches: number
  /** Asks for the figures anew. */
  again: () => void
}

/** Batches that the store refused: looked at, offered again, given up. */
export function SetAside({ batches, again }: SetAsideProps) {
  const pages = usePages((after) => getSetAside(PAGE, after), String(batches))
  const [shown, show] = useState<{ batch: SetAsideBatch; what: 'rows' | 'removal' } | null>(null)
  const changed = () => {
    pages.again()
    again()
  }
  const retry = async (batch: SetAsideBatch) => {
    await act(async () => {
      const { stored, rows, reason } = await retryBatch(batch.id)
      tell(stored ? d().stored(formatNumber(rows)) : d().refusedAgain(formatNumber(rows), reason ?? ''), !stored)
    })
    changed()
  }
  const retryEach = async () => {
    await act(async () => {
      const { stored, kept, stoppedBy } = await retryAll()
      tell(stoppedBy ?? d().retried(formatNumber(stored), formatNumber(kept)), stoppedBy !== null)
    })
    changed()
  }
  const items = pages.page?.items ?? []
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{d().setAside}</h2>
        {may('storage.manage') && items.length > 1 && (
          <button type="button" class="button" onClick={() => void retryEach()}>
            {d().retryAll}
          </button>
        )}
      </div>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page && items.length === 0 && <p class="muted">{d().noneSetAside}</p>}
      {items.length > 0 && (
        <>
          <p class="muted small">{d().setAsideMeans}</p>
          <ScrollTable label={d().setAside} titles={d().setAsideColumns}>
            {items.map((batch) => (
              <Row key={batch.id} batch={batch} retry={() => void retry(batch)} show={(what) => show({ batch, what })} />
            ))}
          </ScrollTable>
          <Pager pages={pages} size={PAGE} />
        </>
      )}
      {shown?.what === 'rows' && <RowsDialog batch={shown.batch} onClose={() => show(null)} />}
      {shown?.what === 'removal' && <RemovalDialog batch={shown.batch} onDone={changed} onClose={() => show(null)} />}
    </section>
  )
}

interface RowProps {
  batch: SetAsideBatch
  retry: () => void
  show: (what: 'rows' | 'removal') => void
}

function Row({ batch, retry, show }: RowProps) {
  const { at, kind, rows, values, reason, damaged } = batch
  const title = kinds.value.get(kind)?.title
  const which = <span class="unseen"> {d().batch(formatFull(at))}</span>
  return (
    <tr>
      <th scope="row" class="nowrap">
        {formatFull(at)}
      </th>
      <td>{title ? say(title) : kind}</td>
      <td>{formatNumber(rows)}</td>
      <td>{formatNumber(values)}</td>
      <td class="breakable">
        {damaged && <span class="tag">{d().damaged}</span>} {reason}
      </td>
      <td>
        <span class="together">
          <button type="button" class="button" onClick={() => show('rows')}>
            {d().lookInto}…{which}
          </button>
          {may('storage.manage') && (
            <>
              <button type="button" class="button" aria-disabled={damaged} onClick={() => !damaged && retry()}>
                {d().retry}
                {which}
              </button>
              <button type="button" class="button" onClick={() => show('removal')}>
                {d().remove}…{which}
              </button>
            </>
          )}
        </span>
      </td>
    </tr>
  )
}

function RowsDialog({ batch, onClose }: { batch: SetAsideBatch; onClose: () => void }) {
  const { answer, problem } = useAnswer(() => getSetAsideRows(batch.id, ROWS_SHOWN, undefined), batch.id)
  return (
    <Dialog title={`${d().setAside} ${d().batch(formatFull(batch.at))}`} onClose={onClose}>
      <p class="breakable">{batch.reason}</p>
      {problem && <p class="problem">{problem}</p>}
      {!answer && !problem && <p class="muted">{t().loading}</p>}
      {answer && (
        <ScrollTable label={d().batch(formatFull(batch.at))} titles={d().rowColumns}>
          {answer.rows.map(({ facility, at, values }) => (
            <tr key={`${facility} ${at}`}>
              <th scope="row">{facility}</th>
              <td class="nowrap">{typeof at === 'number' ? formatDateTime(at) : at}</td>
              <td>
                {Object.entries(values)
                  .map(([point, value]) => `${point} ${value}`)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {answer && answer.next !== null && <p class="muted">{d().firstRows(formatNumber(answer.rows.length), formatNumber(batch.rows))}</p>}
    </Dialog>
  )
}

function RemovalDialog({ batch, onDone, onClose }: { batch: SetAsideBatch; onDone: () => void; onClose: () => void }) {
  const send = async (form: FormData) => {
    const done = await act(() => removeBatch(batch.id, String(form.get('reason'))), d().removed)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={`${d().remove} ${d().batch(formatFull(batch.at))}`} confirm={d().remove} onConfirm={send} onClose={onClose}>
      <p>{d().removeMeans(formatNumber(batch.rows))}</p>
      <ReasonField label={t().reason} />
    </Dialog>
  )
}
