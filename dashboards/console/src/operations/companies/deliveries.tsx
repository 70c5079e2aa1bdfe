import { useState } from 'preact/hooks'
import { isOverdue } from '../../../../../src/operations/gas-delivery.ts'
import { gasSorts } from '../../../../../src/operations/gas-figures.ts'
import { cityOffset } from '../../city-time.ts'
import { formatFull, formatNumber } from '../../format.ts'
import { serverNow } from '../../live/live.ts'
import { t } from '../../settings.ts'
import { may } from '../../shell/access.ts'
import { Awaited } from '../../shell/awaited.tsx'
import { Dialog } from '../../shell/dialog.tsx'
import { act } from '../../shell/notice.tsx'
import { ScrollTable } from '../../shell/scroll-table.tsx'
import { useAnswer } from '../../shell/use-answer.ts'
import { f } from '../../texts/companies.ts'
import { wallText, wallTime } from '../../time/wall-time.ts'
import { type CompanyViewAnswer, changeDelivery, type DeliveryView, getDeliveries, planDelivery } from './companies-api.ts'
import { type Station, StationChoice, stationsOf } from './station-choice.tsx'

/** Only storage stations have a reserve; also one that is silent. */
const storageStations = (view: CompanyViewAnswer): Station[] =>
  stationsOf(view, 'gas-now', ({ cells }) =>
    cells.some((cell) => typeof cell === 'object' && cell !== null && cell.en === gasSorts.storage.en),
  )

/** The plan of deliveries, as people enter it; `onChange`: the reserve is worked out anew. */
export function Deliveries({ view, onChange }: { view: CompanyViewAnswer; onChange: () => void }) {
  const { answer, problem, again } = useAnswer(getDeliveries, '', () => 60_000)
  const [isOpen, open] = useState(false)
  const stations = storageStations(view)
  const nameOf = (id: string) => stations.find((station) => station.id === id)?.name ?? id
  const changed = () => {
    again()
    onChange()
  }
  const change = (delivery: DeliveryView, body: object) => void act(() => changeDelivery(delivery.id, body).then(changed), t().done)
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{f().deliveries}</h2>
        <span class="grow" />
        {may('reading.enter') && (
          <button type="button" class="button no-print" disabled={stations.length === 0} onClick={() => open(true)}>
            {f().plan}
          </button>
        )}
      </div>
      <Awaited isThere={answer !== null} problem={problem} />
      {stations.length === 0 && <p class="muted">{f().noStation}</p>}
      {answer?.length === 0 && <p class="muted">{f().noDeliveries}</p>}
      {answer && answer.length > 0 && (
        <ScrollTable label={f().deliveries} titles={f().deliveryColumns}>
          {answer.map((delivery) => (
            <tr key={delivery.id}>
              <th scope="row">{formatFull(delivery.at)}</th>
              <td>{nameOf(delivery.station)}</td>
              <td class="number">{formatNumber(delivery.tonnes, 1)}</td>
              <td>{isOverdue(delivery, serverNow.peek()) ? <b>▲ {f().overdue}</b> : f().states[delivery.state]}</td>
              <td>{delivery.note}</td>
              <td>{delivery.by}</td>
              <td class="no-print">
                {delivery.state === 'planned' && may('reading.enter') && (
                  <span class="together">
                    <button
                      type="button"
                      class="button"
                      aria-label={`${f().arrived} ${f().of(formatFull(delivery.at))}`}
                      onClick={() => change(delivery, { state: 'arrived' })}
                    >
                      {f().arrived}
                    </button>
                    <button
                      type="button"
                      class="button"
                      aria-label={`${f().cancelIt} ${f().of(formatFull(delivery.at))}`}
                      onClick={() => change(delivery, { state: 'cancelled' })}
                    >
                      {f().cancelIt}
                    </button>
                  </span>
                )}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {isOpen && <PlanDialog stations={stations} onDone={changed} onClose={() => open(false)} />}
    </section>
  )
}

function PlanDialog({ stations, onDone, onClose }: { stations: readonly Station[]; onDone: () => void; onClose: () => void }) {
  const offset = cityOffset()
  const confirm = (form: FormData) =>
    act(async () => {
      await planDelivery({
        station: String(form.get('station')),
        tonnes: Number(form.get('tonnes')),
        at: wallTime(String(form.get('at')), offset) ?? Number.NaN,
        note: String(form.get('note') ?? ''),
      })
      onDone()
    }, t().done)
  return (
    <Dialog title={f().plan} confirm={f().plan} onConfirm={confirm} onClose={onClose}>
      <StationChoice name="station" label={f().station} stations={stations} />
      <label class="field">
        {f().tonnes}
        <input name="tonnes" type="number" min={0.1} max={10000} step={0.1} required />
      </label>
      <label class="field">
        {f().arrival}
        <input name="at" type="datetime-local" required defaultValue={wallText(serverNow.peek() + 86_400_000, offset)} />
      </label>
      <label class="field">
        {f().note}
        <input name="note" maxLength={500} />
      </label>
    </Dialog>
  )
}
