import { useEffect, useRef, useState } from 'preact/hooks'
import type { CodecDetailView } from '../../../../src/edges/http/codec-schemas.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act, explain } from '../shell/notice.tsx'
import { navigate, setQuery } from '../shell/router.ts'
import { c } from '../texts/codecs.ts'
import { getCodec, putCodec, removeCodec, type Sample } from './codec-api.ts'
import { CodecSamples } from './codec-samples.tsx'
import { CodecTrial } from './codec-trial.tsx'
import { CodecVersions } from './codec-versions.tsx'
import { State } from './codecs-page.tsx'
import { SourceEditor } from './source-editor.tsx'

const BEGINNING = `function decodeUplink(input) {
  var bytes = input.bytes
  return {
    data: {
      level: bytes[0]
    }
  }
}
`

const toList = () => navigate('/administration/codecs')

/** One codec: its source, trials, samples and versions. A null id makes a new one. */
export function CodecPage({ id }: { id: string | null }) {
  const [codec, setCodec] = useState<CodecDetailView | null>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    if (id === null) return
    getCodec(id).then(setCodec, (failure) => setProblem(explain(failure)))
  }, [id])
  if (problem)
    return (
      <section class="panel">
        <p class="problem" role="alert">
          {problem}
        </p>
        <a href="/administration/codecs">{c().back}</a>
      </section>
    )
  if (id !== null && !codec) return <p class="hint muted">{t().loading}</p>
  return <Editor id={id} codec={codec} onSaved={setCodec} />
}

interface EditorProps {
  id: string | null
  codec: CodecDetailView | null
  onSaved: (codec: CodecDetailView) => void
}

function Editor({ id, codec, onSaved }: EditorProps) {
  const [source, setSource] = useState(codec?.source ?? BEGINNING)
  const [title, setTitle] = useState(codec?.title ?? '')
  const [samples, setSamples] = useState<readonly Sample[]>(codec?.samples ?? [])
  const [asking, ask] = useState<'save' | 'removal' | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const isChanged = !codec || source !== codec.source || title !== codec.title || samples !== codec.samples
  useKeys({ Escape: () => (!isChanged || source === BEGINNING) && toList() })
  const goTo = (line: number) => select(area.current, line)
  const save = async (form: FormData) => {
    const name = id ?? String(form.get('id'))
    const draft = {
      ...{ title, source, samples: [...samples], force: form.get('force') === 'on', reason: String(form.get('reason')) },
      replaces: codec?.version ?? null,
    }
    return act(async () => {
      const saved = await putCodec(name, draft)
      if (id === null) setQuery('codec', name)
      else {
        setSamples(saved.samples)
        onSaved(saved)
      }
    }, c().saved)
  }
  return (
    <div class="stack">
      <section class="panel">
        <div class="list-bar">
          <h1>{id ?? c().newCodec}</h1>
          {isChanged && <span class="tag">{c().unsaved}</span>}
          {codec && (
            <span class="breakable">
              <State figures={codec.figures} />
            </span>
          )}
          <span class="grow" />
          <a class="button" href="/administration/codecs">
            {c().back}
          </a>
          {codec && (
            <button type="button" class="button" onClick={() => ask('removal')}>
              {c().remove}…
            </button>
          )}
          <button type="button" class="button primary" onClick={() => ask('save')}>
            {c().save}…
          </button>
        </div>
        {codec && codec.usedBy.length > 0 && <p class="muted">{c().usedBy(codec.usedBy.join(', '))}</p>}
        <label class="field">
          {c().name}
          <input value={title} maxLength={200} onInput={(event) => setTitle(event.currentTarget.value)} />
        </label>
        <SourceEditor area={area} source={source} onChange={setSource} />
      </section>
      <CodecTrial
        source={source}
        goTo={goTo}
        onKeep={(sample) => setSamples([...samples.filter(({ name }) => name !== sample.name), sample])}
      />
      <CodecSamples source={source} samples={samples} onChange={setSamples} />
      {codec && <CodecVersions key={codec.version} codec={codec} source={source} onTake={setSource} />}
      {asking === 'save' && (
        <Dialog title={c().save} confirm={c().save} onConfirm={save} onClose={() => ask(null)}>
          {id === null && (
            <label class="field">
              {c().id}
              <input name="id" required pattern="[a-z0-9][a-z0-9._\-]*" maxLength={64} autocomplete="off" />
            </label>
          )}
          <ReasonField label={t().reason} />
          {samples.length > 0 && (
            <label class="check">
              <input type="checkbox" name="force" /> {c().force}
            </label>
          )}
        </Dialog>
      )}
      {asking === 'removal' && codec && <Removal id={codec.id} onClose={() => ask(null)} />}
    </div>
  )
}

function Removal({ id, onClose }: { id: string; onClose: () => void }) {
  const send = async (form: FormData) => {
    const done = await act(() => removeCodec(id, String(form.get('reason'))), t().done)
    if (done) toList()
    return done
  }
  return (
    <Dialog title={c().removeCodec(id)} confirm={c().remove} onConfirm={send} onClose={onClose}>
      <ReasonField label={t().reason} />
    </Dialog>
  )
}

/** Puts the mark on a line, from 1, and shows it. */
function select(area: HTMLTextAreaElement | null, line: number): void {
  if (!area) return
  const lines = area.value.split('\n')
  const from = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
  area.focus()
  area.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0))
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 4)
  area.scrollIntoView({ block: 'nearest' })
}
