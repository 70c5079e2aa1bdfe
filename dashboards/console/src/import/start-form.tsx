import { useRef, useState } from 'preact/hooks'
import { formatNumber } from '../format.ts'
import { link } from '../live/live.ts'
import { t } from '../settings.ts'
import { explain } from '../shell/notice.tsx'
import { p } from '../texts/plant.ts'
import { Choice } from './choice.tsx'
import { type ImportView, startImport } from './import-api.ts'
import { readMapping } from './mapping-text.ts'
import { Progress } from './progress.tsx'

const formats = { csv: 'CSV', geojson: 'GeoJSON', 'ngsi-ld': 'NGSI-LD' } as const
const encodings = { 'utf-8': 'UTF-8', gb18030: 'GBK / GB 18030', 'utf-16le': 'UTF-16' } as const

/** Chooses a file, says how to read it where that must be said, sends it. */
export function StartForm({ onStarted }: { onStarted: (job: ImportView) => void }) {
  const [share, setShare] = useState<number | null>(null)
  const [problem, setProblem] = useState('')
  const stop = useRef(new AbortController())
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(form.get(name) ?? '')
    const file = form.get('file') as File
    const mapping = readMapping({ lines: text('mapping'), idFrom: text('idFrom'), idPrefix: text('idPrefix') })
    if ('wrong' in mapping) return setProblem(p().mappingWrong(mapping.wrong))
    if (link.peek() === 'disconnected') return setProblem(t().refusedDisconnected)
    stop.current = new AbortController()
    setProblem('')
    setShare(0)
    try {
      const options = { format: text('format'), encoding: text('encoding'), delimiter: text('delimiter'), mapping: mapping.text }
      onStarted(await startImport(file, options, setShare, stop.current.signal))
    } catch (failure) {
      if (!stop.current.signal.aborted) setProblem(explain(failure))
    } finally {
      setShare(null)
    }
  }
  return (
    <form onSubmit={send}>
      <label class="field">
        {p().file}
        <input type="file" name="file" required accept=".csv,.txt,.json,.geojson,.jsonld" />
      </label>
      <div class="pairs">
        <Choice name="format" label={p().format} choices={formats} />
        <Choice name="encoding" label={p().encoding} choices={encodings} />
        <Choice name="delimiter" label={p().delimiter} choices={p().delimiters} />
      </div>
      <details class="mapping">
        <summary>{p().mapping}</summary>
        <p class="muted">{p().mappingHint}</p>
        <label class="field">
          {p().mapping}
          <textarea name="mapping" rows={5} spellcheck={false} placeholder={p().mappingExample} />
        </label>
        <div class="pairs">
          <label class="field">
            {p().idFrom}
            <input name="idFrom" autocomplete="off" />
          </label>
          <label class="field">
            {p().idPrefix}
            <input name="idPrefix" maxLength={32} autocomplete="off" />
          </label>
        </div>
      </details>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {share === null ? (
        <div class="buttons">
          <button type="submit" class="button primary">
            {p().check}
          </button>
        </div>
      ) : (
        <Progress words={p().uploading(`${formatNumber(share * 100)} %`)} share={share} onStop={() => stop.current.abort()} />
      )}
    </form>
  )
}
