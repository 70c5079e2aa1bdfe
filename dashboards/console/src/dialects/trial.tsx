import { formatFull } from '../format.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { di } from '../texts/dialects.ts'
import { type Encoding, type ProfileInput, type Sample, type TrialView, tryProfile } from './dialects-api.ts'
import { useTried } from './use-tried.ts'

const encodings: readonly Encoding[] = ['text', 'hex', 'base64']

interface TrialProps {
  profile: ProfileInput
  sample: Sample
  onSample: (change: Partial<Sample>) => void
  /** Adds a line for a field that is not mapped yet. */
  onMap: (field: string) => void
}

export function Trial({ profile, sample, onSample, onMap }: TrialProps) {
  // A profile can be tried before it has a name.
  const ask = sample.payload === '' ? null : () => tryProfile({ ...profile, title: profile.title || '-' }, sample)
  const { found: trial, problem } = useTried(ask, JSON.stringify([profile, sample]))
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{di().trial}</h2>
        <span class="muted">{di().trialMeans}</span>
      </div>
      <label class="field">
        {di().topic}
        <input
          value={sample.topic}
          maxLength={1000}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => onSample({ topic: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        {di().payload}
        <textarea
          class="code"
          rows={6}
          maxLength={48_000}
          spellcheck={false}
          value={sample.payload}
          onInput={(event) => onSample({ payload: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        {di().encoding}
        <select value={sample.encoding} onChange={(event) => onSample({ encoding: event.currentTarget.value as Encoding })}>
          {encodings.map((encoding) => (
            <option key={encoding} value={encoding}>
              {di().encodings[encoding]}
            </option>
          ))}
        </select>
      </label>
      <div role="status">
        {problem && <p class="problem">{problem}</p>}
        {trial && <Outcome trial={trial} onMap={onMap} />}
      </div>
    </section>
  )
}

function Outcome({
  trial: { event, address, fields, messages, rejections, warnings },
  onMap,
}: {
  trial: TrialView
  onMap: (field: string) => void
}) {
  return (
    <>
      {rejections.map(({ reason, help, detail }) => (
        <p key={`${reason} ${detail}`} class="problem">
          <b>{reason}</b> {detail} <span class="muted">{help}</span>
        </p>
      ))}
      {warnings.map((warning) => (
        <p key={warning} class="problem">
          {di().warning}: {warning}
        </p>
      ))}
      {address !== null && (
        <p>
          {di().device} <code>{address}</code>
          {event &&
            ` · ${event.server} · ${event.event} · ${formatFull(event.at)} · ${di().frame(String(event.fPort), String(event.fCnt))}`}
          {event?.signal &&
            ` · ${di().heard(event.signal.gateway, String(event.signal.rssi), String(event.signal.snr), String(event.gateways))}`}
        </p>
      )}
      {fields.length > 0 && (
        <ScrollTable label={di().foundFields} titles={di().triedColumns}>
          {fields.map(({ field, raw, point, value }) => (
            <tr key={field}>
              <th scope="row">
                <code>{field || di().whole}</code>
              </th>
              <td class="breakable">{raw}</td>
              <td>
                {point ?? (
                  <>
                    <span class="muted">{di().ignored}</span>{' '}
                    <button type="button" class="button" onClick={() => onMap(field)}>
                      {di().map}
                      <span class="unseen"> {field}</span>
                    </button>
                  </>
                )}
              </td>
              <td>{point !== null && <b>{value === null ? '✕' : String(value)}</b>}</td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {messages.map(({ topic, payload }) => (
        <p key={`${topic} ${payload}`} class="code breakable-line">
          {topic} {payload}
        </p>
      ))}
    </>
  )
}
