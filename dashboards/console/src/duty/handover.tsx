import { useState } from 'preact/hooks'
import { orderClasses, orderStates } from '../../../../src/dispatch/order.ts'
import type { HandoverNoteView, HandoverView } from '../../../../src/edges/http/handover-schemas.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { formatFull, formatNumber } from '../format.ts'
import { session } from '../live/api.ts'
import { say, t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { StateSymbol } from '../symbols.tsx'
import { du } from '../texts/duty.ts'
import { getDraft, getHandover, getHandovers, leaveShift, takeOver } from './duty-api.ts'
import { HandSignatures } from './hand-signatures.tsx'

const PAGE = 20

/** What one shift tells the next: a signed note that the address names, or what there is to tell now. */
export function HandoverPart({ rotations }: { rotations: RosterView['rotations'] }) {
  const id = Number(query.value.get('handover') ?? 0)
  const rotation = rotations.find((one) => one.id === query.value.get('rotation')) ?? rotations[0]
  const past = usePages((before) => getHandovers(PAGE, before), `${id}`)
  return (
    <>
      {id > 0 && <Signed key={id} id={id} onSigned={past.again} />}
      {id <= 0 && rotation && (
        <>
          {rotations.length > 1 && (
            <label class="panel list-bar no-print">
              {du().rotation}
              <select value={rotation.id} onChange={(event) => setQueries({ rotation: event.currentTarget.value }, false)}>
                {rotations.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <Draft key={rotation.id} rotation={rotation.id} />
        </>
      )}
      <section class="panel no-print">
        <h2>{du().past}</h2>
        {past.problem && (
          <p class="problem" role="alert">
            {past.problem}
          </p>
        )}
        {past.page?.items.length === 0 && <p class="muted">{du().noPast}</p>}
        {(past.page?.items.length ?? 0) > 0 && (
          <ScrollTable label={du().past} titles={du().pastColumns}>
            {past.page?.items.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <a href={`/duty?view=handover&handover=${one.id}`}>
                    {one.shift.rotationName} · {one.shift.shiftName}
                  </a>
                </th>
                <td>{one.shift.teamName}</td>
                <td class="nowrap">{formatFull(one.shift.from)}</td>
                <td class="nowrap">{formatFull(one.shift.to)}</td>
                <td>{one.leftBy}</td>
                <td>{one.takenBy ?? du().notTaken}</td>
              </tr>
            ))}
          </ScrollTable>
        )}
        <Pager pages={past} size={PAGE} />
      </section>
    </>
  )
}

function Draft({ rotation }: { rotation: string }) {
  const { answer, problem, again } = useAnswer(() => getDraft(rotation), rotation)
  const [isSigning, sign] = useState(false)
  const open = (id: number) => setQueries({ handover: String(id) }, false)
  const send = async (form: FormData) => {
    let made: HandoverView | null = null
    const done = await act(async () => {
      made = await leaveShift(rotation, String(form.get('words')))
    }, du().signed)
    if (done && made) open((made as HandoverView).id)
    return done
  }
  if (!answer) return <p class={problem ? 'problem' : 'hint muted'}>{problem || t().loading}</p>
  const { shift, at, note, signed } = answer
  return (
    <article class="panel handover">
      <Head shift={shift} at={at} />
      <p class="no-print">{signed ? '' : du().draft}</p>
      <div class="buttons">
        {signed && (
          <button type="button" class="button primary" onClick={() => open(signed.id)}>
            {du().openPresent}
          </button>
        )}
        {!signed && mayWhole('alarm.answer') && (
          <button type="button" class="button primary" onClick={() => sign(true)}>
            {du().leave}…
          </button>
        )}
        <button type="button" class="button" onClick={again}>
          {du().renew}
        </button>
        <button type="button" class="button" onClick={() => print()}>
          {du().print}
        </button>
      </div>
      <Note note={note} />
      <HandSignatures places={[du().leftBy, du().takenBy]} />
      {isSigning && (
        <Dialog title={du().leave} confirm={du().leave} onConfirm={send} onClose={() => sign(false)}>
          <p>{du().leaveAbout}</p>
          <label class="field">
            {du().words}
            <textarea name="words" maxLength={4000} rows={5} />
          </label>
        </Dialog>
      )}
    </article>
  )
}

function Signed({ id, onSigned }: { id: number; onSigned: () => void }) {
  const { answer, problem, again } = useAnswer(() => getHandover(id), String(id))
  const [isSigning, sign] = useState(false)
  const send = async (form: FormData) => {
    const done = await act(() => takeOver(id, String(form.get('remark'))), du().signed)
    if (done) {
      again()
      onSigned()
    }
    return done
  }
  if (!answer) return <p class={problem ? 'problem' : 'hint muted'}>{problem || t().loading}</p>
  const { text, leftBy, leftAt, takenBy, takenAt, remark, hash, isIntact } = answer
  const isOwn = leftBy === session.value?.name
  return (
    <article class="panel handover">
      <Head shift={text.shift} at={text.at} />
      <div class="buttons">
        {takenBy === null && !isOwn && mayWhole('alarm.answer') && (
          <button type="button" class="button primary" onClick={() => sign(true)}>
            {du().take}…
          </button>
        )}
        <button type="button" class="button" onClick={() => print()}>
          {du().print}
        </button>
        <a class="button" href="/duty?view=handover">
          {du().toDraft}
        </a>
      </div>
      {takenBy === null && isOwn && <p class="no-print">{du().takeOther}</p>}
      {text.words && (
        <>
          <h3>{du().words}</h3>
          <p class="handover-words">{text.words}</p>
        </>
      )}
      <Note note={text.note} />
      <dl class="signatures">
        <dt>{du().leftBy}</dt>
        <dd>
          <b>{leftBy}</b> {formatFull(leftAt)}
        </dd>
        <dt>{du().takenBy}</dt>
        <dd>
          <b>{takenBy ?? du().notTaken}</b> {takenAt !== null && formatFull(takenAt)}
        </dd>
        {remark && (
          <>
            <dt>{du().remark}</dt>
            <dd class="handover-words">{remark}</dd>
          </>
        )}
        <dt>{du().checksum}</dt>
        <dd class="breakable">
          {isIntact ? du().intact : <b>{du().changed}</b>} <code>{hash}</code>
        </dd>
      </dl>
      <HandSignatures places={[du().leftBy, du().takenBy]} />
      {isSigning && (
        <Dialog title={du().take} confirm={du().take} onConfirm={send} onClose={() => sign(false)}>
          <p>{du().takeAbout}</p>
          <label class="field">
            {du().remark}
            <textarea name="remark" maxLength={4000} rows={3} />
          </label>
        </Dialog>
      )}
    </article>
  )
}

function Head({ shift, at }: { shift: HandoverView['shift']; at: number }) {
  return (
    <>
      <h2>{du().handoverOf(`${shift.rotationName} · ${shift.shiftName}`, shift.teamName)}</h2>
      <p class="muted">
        {du().from} {formatFull(shift.from)} {du().to} {formatFull(shift.to)} · {du().asOf(formatFull(at))}
      </p>
    </>
  )
}

type Part = Exclude<keyof HandoverNoteView, 'orderCounts' | 'aside'>

function Note({ note }: { note: HandoverNoteView }) {
  const priority = (one: HandoverNoteView['standing']['items'][number]) => (
    <span class="with-symbol">
      <StateSymbol state={one.priority} size={16} /> {t().priorities[one.priority]}
    </span>
  )
  const late = (isLate: boolean) => isLate && <span class="tag">{du().late}</span>
  return (
    <>
      <Section
        part="standing"
        note={note}
        rows={note.standing.items.map((one) => [
          ...[
            priority(one),
            <a key="a" href={`/alarms/${one.id}`}>
              {say(one.title)}
            </a>,
            one.name || one.facility,
            one.district,
          ],
          ...[
            one.returned ? du().gone(formatFull(one.raised), formatFull(one.returned)) : formatFull(one.raised),
            one.acknowledgedBy ?? du().notAcknowledged,
          ],
        ])}
      />
      <Section
        part="shelved"
        note={note}
        {...(note.aside && { words: du().aside(note.aside) })}
        rows={note.shelved.items.map((one) => [
          ...[priority(one), say(one.title), one.name || one.facility, formatFull(one.until), one.by, one.reason],
        ])}
      />
      <Section
        part="outOfService"
        note={note}
        rows={note.outOfService.items.map((one) => [...[one.facility, one.name, one.district, t().modes[one.mode]]])}
      />
      <Section
        part="overrides"
        note={note}
        rows={note.overrides.items.map((one) => [
          ...[`${one.kind} / ${one.rule}`, one.facility ?? one.group ?? du().wholeKind, du().actions[one.action], one.by],
          ...[formatFull(one.at), one.reason],
        ])}
      />
      <Section
        part="orders"
        note={note}
        words={du().orderCounts(note.orderCounts)}
        rows={note.orders.items.map((one) => [
          ...[String(one.id), say(one.title), say(orderClasses[one.class]), say(orderStates[one.state]), one.crew ?? du().none],
          ...[
            formatFull(one.arriveBy),
            <span key="by">
              {formatFull(one.repairBy)} {late(one.isLate)}
            </span>,
          ],
        ])}
      />
      {note.reports && (
        <Section
          part="reports"
          note={note}
          rows={note.reports.items.map((one) => [
            ...[
              <a key="a" href={`/reports/${one.id}`}>
                {one.id}
              </a>,
              say(one.title),
              one.name || one.facility,
              one.district,
            ],
            ...[formatFull(one.at), one.callerWaits ? t().yes : t().no],
          ])}
        />
      )}
      <Section part="events" note={note} rows={note.events.items.map((one) => [formatFull(one.at), eventText(one)])} />
    </>
  )
}

function eventText(event: HandoverNoteView['events']['items'][number]): string {
  const { eventTexts, ended, stands, goesOn } = du()
  const end = (at: number | null, open: string) => (at === null ? open : ended(formatFull(at)))
  switch (event.type) {
    case 'critical':
      return `${eventTexts.critical(say(event.title), event.name || event.facility)} (${end(event.ended, stands)})`
    case 'flood':
      return `${eventTexts.flood(formatNumber(event.alarms), formatNumber(event.peak))} (${end(event.ended, goesOn)})`
    case 'relapse':
      return eventTexts.relapse(event.order, say(event.title))
    case 'silence':
      return eventTexts.silence(event.by)
  }
}

interface SectionProps {
  part: Part
  note: HandoverNoteView
  rows: readonly (readonly preact.ComponentChildren[])[]
  /** Said above the list. */
  words?: string
}

function Section({ part, note, rows, words }: SectionProps) {
  const { total, items } = note[part] ?? { total: 0, items: [] }
  return (
    <section>
      <h3>
        {du().sections[part]} <span class="muted">{formatNumber(total)}</span>
      </h3>
      {words && <p>{words}</p>}
      {total === 0 && <p class="muted">{du().nothing}</p>}
      {total > 0 && (
        <ScrollTable label={du().sections[part]} titles={du().columns[part]}>
          {rows.map((cells, i) => (
            <tr key={i}>
              {cells.map((cell, j) => (
                <td key={j} class="breakable">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </ScrollTable>
      )}
      {total > items.length && <p>{du().more(formatNumber(total - items.length))}</p>}
    </section>
  )
}
