import { di } from '../texts/dialects.ts'
import { capturesOf, type ProfileDraft } from './profile-draft.ts'

interface TopicFieldsProps {
  draft: ProfileDraft
  onChange: (part: Partial<ProfileDraft>) => void
}

/** How plain topics and their payloads are read. */
export function TopicFields({ draft, onChange }: TopicFieldsProps) {
  const text = (name: 'pattern' | 'reports' | 'timeField' | 'statusField' | 'online' | 'offline', label: string, placeholder = '') => (
    <label class="field">
      {label}
      <input
        value={draft[name]}
        placeholder={placeholder}
        maxLength={300}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onChange({ [name]: event.currentTarget.value })}
      />
    </label>
  )
  return (
    <fieldset>
      <legend>{di().topics}</legend>
      {text('pattern', di().pattern, 'site/{site}/lamp/{id}/state')}
      <div class="pairs">
        <label class="field">
          {di().facilityBy}
          <select value={draft.facility} onChange={(event) => onChange({ facility: event.currentTarget.value })}>
            <option value="">{di().byBinding}</option>
            {capturesOf(draft.pattern).map((capture) => (
              <option key={capture} value={capture}>
                {`{${capture}}`}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {di().format}
          <select value={draft.payload} onChange={(event) => onChange({ payload: event.currentTarget.value as ProfileDraft['payload'] })}>
            {(['json', 'cbor', 'bare'] as const).map((payload) => (
              <option key={payload} value={payload}>
                {di().formats[payload]}
              </option>
            ))}
          </select>
        </label>
        {text('timeField', di().timeField, '/time')}
        <label class="field">
          {di().timeFormat}
          <select
            value={draft.timeFormat}
            onChange={(event) => onChange({ timeFormat: event.currentTarget.value as ProfileDraft['timeFormat'] })}
          >
            {(['ms', 's', 'iso'] as const).map((format) => (
              <option key={format} value={format}>
                {di().timeFormats[format]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label class="check">
        <input type="checkbox" checked={draft.hasReports} onChange={(event) => onChange({ hasReports: event.currentTarget.checked })} />
        {di().severalReports}
      </label>
      {draft.hasReports && text('reports', di().reports, '/data')}
      <div class="pairs">
        {text('statusField', di().statusField, '/status')}
        {text('online', di().online, 'online, 1')}
        {text('offline', di().offline, 'offline, 0')}
      </div>
    </fieldset>
  )
}
