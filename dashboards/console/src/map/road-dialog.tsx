import { formatNumber } from '../format.ts'
import { ApiProblem, request } from '../live/api.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { m } from '../texts/map.ts'
import { ground, loadGround } from './ground/roads.ts'

const PATIENCE = 15 * 60_000

interface Sent {
  roads: { lines: number }
  passedOver: number
}

/** Sends roads to the server, or takes them away. */
export function RoadDialog({ onClose }: { onClose: () => void }) {
  const send = async (form: FormData) => {
    const file = form.get('file')
    if (!(file instanceof File) || file.size === 0) {
      tell(m().noFile, true)
      return false
    }
    return act(async () => {
      const { roads, passedOver } = await sendRoads(file, String(form.get('datum')))
      await loadGround()
      const lines = m().sent(formatNumber(roads.lines))
      tell(passedOver > 0 ? `${lines} ${m().passedOver(formatNumber(passedOver))}` : lines)
    })
  }
  const remove = async () => {
    const isDone = await act(async () => {
      await request('DELETE', '/api/map/roads')
      await loadGround()
    }, m().removed)
    if (isDone) onClose()
  }
  return (
    <Dialog title={m().sendTitle} confirm={m().send} onConfirm={send} onClose={onClose}>
      <p>{m().sendHelp}</p>
      <label class="field">
        {m().file}
        <input type="file" name="file" accept=".geojson,.json,application/geo+json" />
      </label>
      <label class="field">
        {m().datum}
        <select name="datum">
          {(['wgs84', 'gcj02'] as const).map((datum) => (
            <option key={datum} value={datum}>
              {m().datums[datum]}
            </option>
          ))}
        </select>
      </label>
      {ground.value?.roads?.source === 'uploaded' && (
        <button type="button" class="button" onClick={remove}>
          {m().removeRoads}
        </button>
      )}
    </Dialog>
  )
}

/** The shared request reads JSON only. Rejects with an `ApiProblem`. */
async function sendRoads(file: File, datum: string): Promise<Sent> {
  const response = await fetch(`/api/map/roads?datum=${datum}`, {
    method: 'PUT',
    headers: { accept: 'application/json', 'content-type': 'application/geo+json' },
    body: file,
    signal: AbortSignal.timeout(PATIENCE),
  }).catch(() => null)
  if (!response) throw new ApiProblem(0, 'unreachable', '', '')
  const answer = (await response.json().catch(() => null)) as (Sent & { title?: string; detail?: string; code?: string }) | null
  if (response.ok && answer) return answer
  throw new ApiProblem(response.status, answer?.code ?? 'unknown', answer?.title ?? response.statusText, answer?.detail ?? '')
}
