import { useState } from 'preact/hooks'
import { kinds } from '../live/live.ts'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { navigate, query } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { Bindings } from './bindings.tsx'
import { getProfiles, getUnbound, type Sample, type UnboundView } from './dialects-api.ts'
import { ProfileForm } from './profile-form.tsx'
import { ProfileList } from './profile-list.tsx'

/** Devices that are put into service beside the page are to be seen on it. */
const REFRESH = 10_000
const NO_SAMPLE: Sample = { topic: '', payload: '', encoding: 'text' }

/** Device profiles, the devices bound with them, and those that wait for it. */
export function DialectsPage() {
  const [changes, changed] = useState(0)
  const [sample, setSample] = useState(NO_SAMPLE)
  const profiles = useAnswer(getProfiles, `${changes}`)
  const unbound = useAnswer(getUnbound, `${changes}`, () => REFRESH)
  const again = () => changed((n) => n + 1)
  const [dialect, setDialect] = useState<UnboundView['dialect']>('lorawan')
  const tryOn = ({ dialect, topic, text, hex }: UnboundView) => {
    setDialect(dialect)
    setSample({ topic, payload: text ?? hex, encoding: text === null ? 'hex' : 'text' })
    navigate('/administration/device-profiles?new=1')
  }
  const wanted = query.value.get('profile')
  const chosen = profiles.answer?.items.find(({ id }) => id === wanted) ?? null
  const isForm = query.value.has('new') || chosen !== null
  if (profiles.problem) return <p class="problem">{profiles.problem}</p>
  if (!profiles.answer || kinds.value.size === 0) return <p class="hint muted">{t().loading}</p>
  if (isForm) {
    const given = { dialect, sample: chosen ? NO_SAMPLE : sample }
    return <ProfileForm key={chosen?.id ?? ''} profile={chosen} {...given} onSaved={again} />
  }
  return (
    <div class="stack">
      <Leave />
      <ProfileList profiles={profiles.answer.items} onChanged={again} />
      {unbound.problem && <p class="problem">{unbound.problem}</p>}
      <Bindings profiles={profiles.answer.items} unbound={unbound.answer?.items ?? []} onChanged={again} onSample={tryOn} />
    </div>
  )
}

function Leave() {
  useKeys({ Escape: () => navigate('/administration') })
  return null
}
