import { useState } from 'preact/hooks'
import type { CodecTrialView } from '../../../../src/edges/http/codec-schemas.ts'
import { formatNumber } from '../format.ts'
import { formatBytes } from '../format-measures.ts'
import { act } from '../shell/notice.tsx'
import { c } from '../texts/codecs.ts'
import { type Encoding, type Sample, tryCodec } from './codec-api.ts'

interface CodecTrialProps {
  source: string
  /** Shows a line of the source. */
  goTo: (line: number) => void
  onKeep: (sample: Sample) => void
}

interface Tried extends CodecTrialView {
  fPort: number
}

/** Runs the source as it stands in the editor on bytes somebody has at hand. */
export function CodecTrial({ source, goTo, onKeep }: CodecTrialProps) {
  const [tried, setTried] = useState<Tried | null>(null)
  const [isRunning, setRunning] = useState(false)
  const run = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const fPort = Number(form.get('fPort'))
    setRunning(true)
    await act(async () =>
      setTried({ ...(await tryCodec(source, fPort, String(form.get('bytes')), String(form.get('encoding')) as Encoding)), fPort }),
    )
    setRunning(false)
  }
  return (
    <section class="panel">
      <h2>{c().trial}</h2>
      <form class="list-bar trial" onSubmit={(event) => void run(event)}>
        <label class="field">
          {c().fPort}
          <input name="fPort" type="number" required min={0} max={255} step={1} defaultValue="1" />
        </label>
        <label class="field wide">
          {c().bytes}
          <input name="bytes" class="code" autocomplete="off" spellcheck={false} />
        </label>
        <label class="field">
          {c().encoding}
          <select name="encoding">
            <option value="hex">{c().hex}</option>
            <option value="base64">{c().base64}</option>
          </select>
        </label>
        <button type="submit" class="button primary">
          {c().run}
        </button>
      </form>
      <div role="status">{isRunning ? <p class="muted">{c().running}</p> : tried && <Outcome tried={tried} goTo={goTo} />}</div>
      {tried && !isRunning && <Keep tried={tried} onKeep={onKeep} />}
    </section>
  )
}

function Outcome({ tried, goTo }: { tried: Tried; goTo: (line: number) => void }) {
  const { result, ms, memory } = tried
  return (
    <>
      {'reason' in result ? (
        <div class="problem">
          <b>{c().reasons[result.reason]}</b>: {result.error}{' '}
          {result.line !== null && (
            <button type="button" class="button" onClick={() => result.line !== null && goTo(result.line)}>
              {c().line(String(result.line))}
            </button>
          )}
        </div>
      ) : (
        <pre class="code outcome">{JSON.stringify(result.data, null, 2)}</pre>
      )}
      {'warnings' in result && result.warnings.length > 0 && (
        <p>
          {c().warnings}: {result.warnings.join('; ')}
        </p>
      )}
      <p class="muted small">
        {ms === null || memory === null
          ? c().notMeasured
          : c().took(formatNumber(ms, 2), formatBytes(memory.loaded), formatBytes(memory.touched))}
      </p>
    </>
  )
}

function Keep({ tried, onKeep }: { tried: Tried; onKeep: (sample: Sample) => void }) {
  const keep = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const { result, bytes, fPort } = tried
    const expected = 'reason' in result ? null : { data: result.data }
    onKeep({ name: String(new FormData(form).get('name')), fPort, bytes, expected })
    form.reset()
  }
  return (
    <form class="list-bar trial" onSubmit={keep}>
      <label class="field">
        {c().sampleName}
        <input name="name" required maxLength={100} autocomplete="off" />
      </label>
      <button type="submit" class="button">
        {c().keep}
      </button>
    </form>
  )
}
