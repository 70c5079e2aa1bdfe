import { useState } from 'preact/hooks'
import { ALARM, type ChannelType, fillIn, unknownNames } from '../../../../src/dispatch/channel.ts'
import { channelTypes, NOTICE_TOPICS, templateNames } from '../../../../src/dispatch/channel-input.ts'
import type { ListedChannel } from '../../../../src/edges/channels.ts'
import { type Domain, domains } from '../../../../src/facilities/facility-kind.ts'
import { noticeTitles } from '../../../../src/operations/notice-types.ts'
import { facilities } from '../live/live.ts'
import { language, say, t } from '../settings.ts'
import { Choice, chosenIn } from '../shell/choice.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { TrialButton } from '../shell/trial-button.tsx'
import { type ChannelField, c } from '../texts/channels.ts'
import { putChannel, testChannel } from './channels-api.ts'

const LISTS: ReadonlySet<string> = new Set(['to', 'numbers'])
const choices: Readonly<Record<string, readonly string[]>> = { security: ['starttls', 'tls', 'none'], method: ['POST', 'GET'] }
const usual: Readonly<Record<string, string>> = {
  ...{ port: '587', security: 'starttls', method: 'POST', contentType: 'application/json', topic: NOTICE_TOPICS },
  body: '{"to": "{{number}}", "text": "{{text}}"}',
}
const noticeTypes = Object.entries(noticeTitles)

/** What the form says, as the API takes it; a secret that is left empty stays as it is. */
function inputOf(form: FormData, one: ListedChannel | null) {
  const field = (name: string) => String(form.get(name) ?? '').trim()
  const type = field('type') as ChannelType
  const { fields, secrets } = channelTypes[type]
  const isKept = (name: string) =>
    field(name) === '' && one?.settings.type === type && one.secrets.includes(name) && !(name === 'password' && field('user') === '')
  const given = fields
    .filter((name) => !(secrets.includes(name) && isKept(name)))
    .map((name) => {
      const value = field(name)
      return [name, LISTS.has(name) ? value.split(/\s*[\n;]\s*/).filter(Boolean) : name === 'port' ? Number(value) : value]
    })
  return {
    ...{ name: field('name'), language: field('language'), disabled: !form.has('enabled'), template: field('template') || null },
    settings: { type, ...Object.fromEntries(given) },
    ...{ types: chosenIn(form, 'notice'), districts: chosenIn(form, 'district'), domains: chosenIn(form, 'domain') },
    limits: { perMinute: Number(field('perMinute')), digestAbove: Number(field('digestAbove')) },
  }
}

/** Makes a channel or changes one; tries it out before it is kept. */
export function ChannelDialog({ one, onClose }: { one: ListedChannel | null; onClose: () => void }) {
  const [type, setType] = useState<ChannelType>(one?.settings.type ?? 'dingtalk')
  const [spoken, speak] = useState<'zh' | 'en'>(one?.language ?? language.peek())
  const [template, setTemplate] = useState(one?.template ?? '')
  const nameOf = (form: FormData) => one?.id ?? String(form.get('id'))
  const save = (form: FormData) => act(() => putChannel(nameOf(form), inputOf(form, one)), c().saved)
  const districts = [...new Set(facilities.value.map(({ district }) => district).filter(Boolean))].sort()
  const all = <T,>(list: readonly T[] | 'all' | undefined) => list ?? 'all'
  const known = one?.settings.type === type ? one : null
  return (
    <Dialog title={one?.name ?? c().add} confirm={c().save} onConfirm={save} onClose={onClose}>
      {!one && (
        <label class="field">
          {c().id}
          <input name="id" required pattern="[a-z0-9][a-z0-9\-]{0,39}" spellcheck={false} autocomplete="off" />
        </label>
      )}
      <label class="field">
        {c().name}
        <input name="name" required maxLength={100} defaultValue={one?.name ?? ''} />
      </label>
      <label class="field">
        {c().type}
        <select name="type" onChange={(event) => setType(event.currentTarget.value as ChannelType)}>
          {(Object.keys(channelTypes) as ChannelType[]).map((key) => (
            <option key={key} value={key} selected={key === type}>
              {c().types[key].title}
            </option>
          ))}
        </select>
      </label>
      <p class="muted small">{c().types[type].about}</p>
      {channelTypes[type].fields.map((name) => (
        <SettingField key={`${type} ${name}`} name={name} type={type} known={known} />
      ))}
      <label class="field">
        {c().language}
        <select name="language" onChange={(event) => speak(event.currentTarget.value as 'zh' | 'en')}>
          {(['zh', 'en'] as const).map((key) => (
            <option key={key} value={key} selected={key === spoken}>
              {c().languages[key]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {c().template}
        <textarea
          name="template"
          rows={3}
          maxLength={2000}
          defaultValue={one?.template ?? ''}
          onInput={(event) => setTemplate(event.currentTarget.value)}
        />
      </label>
      <p class="muted small">{c().templateMeans(templateNames.map((name) => `{{${name}}}`).join(' '))}</p>
      <Preview template={template.trim()} spoken={spoken} />
      <details open={Boolean(one && (one.types !== 'all' || one.districts !== 'all' || one.domains !== 'all'))}>
        <summary>{c().which}</summary>
        <Choice
          name="notice"
          title={c().whichTypes}
          chosen={all(one?.types)}
          options={noticeTypes.filter(([key]) => key !== ALARM || type === 'alertmanager').map(([key, title]) => [key, say(title)])}
        />
        <Choice name="district" title={c().whichDistricts} chosen={all(one?.districts)} options={districts.map((key) => [key, key])} />
        <Choice
          name="domain"
          title={c().whichDomains}
          chosen={all(one?.domains)}
          options={(Object.keys(domains) as Domain[]).map((key) => [key, t().domains[key]])}
        />
        <label class="field">
          {c().perMinute}
          <input name="perMinute" type="number" min={1} max={600} required defaultValue={String(one?.limits.perMinute ?? 20)} />
        </label>
        <label class="field">
          {c().digestAbove}
          <input name="digestAbove" type="number" min={1} max={1000} required defaultValue={String(one?.limits.digestAbove ?? 3)} />
        </label>
      </details>
      <label class="check">
        <input type="checkbox" name="enabled" defaultChecked={!one?.disabled} /> {c().enabled}
      </label>
      <TrialButton
        words={c().test}
        busy={c().testing}
        run={(form) => testChannel(nameOf(form), inputOf(form, one))}
        show={({ works, problem }) => <p class={works ? '' : 'problem'}>{works ? `✓ ${c().works}` : `✕ ${c().fails(problem ?? '')}`}</p>}
      />
    </Dialog>
  )
}

function SettingField({ name, type, known }: { name: ChannelField; type: ChannelType; known: ListedChannel | null }) {
  const isSecret = channelTypes[type].secrets.includes(name)
  const isSet = known?.secrets.includes(name) ?? false
  const told = known?.settings[name]
  const value = isSecret ? '' : Array.isArray(told) ? told.join('\n') : told !== undefined ? String(told) : known ? '' : (usual[name] ?? '')
  const options = choices[name]
  const control = () => {
    if (options)
      return (
        <select name={name}>
          {options.map((key) => (
            <option key={key} value={key} selected={key === value}>
              {c().options[key] ?? key}
            </option>
          ))}
        </select>
      )
    if (LISTS.has(name) || name === 'body') return <textarea name={name} rows={3} defaultValue={value} spellcheck={false} />
    if (name === 'port') return <input name={name} type="number" min={1} max={65_535} required defaultValue={value} />
    const placeholder = isSecret && isSet ? c().kept : ''
    // An address is read while it is pasted; nobody reads a password.
    if (isSecret && name !== 'url')
      return <input name={name} type="password" placeholder={placeholder} spellcheck={false} autocomplete="new-password" />
    return <input name={name} defaultValue={value} placeholder={placeholder} spellcheck={false} autocomplete="off" />
  }
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: each of these is one
    <label class="field">
      {c().fields[name]}
      {control()}
    </label>
  )
}

/** What people will read, as it is typed. */
function Preview({ template, spoken }: { template: string; spoken: 'zh' | 'en' }) {
  const sample = c().samples[spoken]
  const strange = unknownNames(template, templateNames)
  return (
    <figure class="message-preview">
      <figcaption class="muted small">{c().preview}</figcaption>
      <p lang={spoken}>
        <b>{sample.title}</b>
      </p>
      <p lang={spoken} class="message-text">
        {template ? fillIn(template, sample) : sample.text}
      </p>
      {strange.length > 0 && (
        <p class="problem" role="alert">
          {c().unknownNames(strange.join(', '))}
        </p>
      )}
    </figure>
  )
}
