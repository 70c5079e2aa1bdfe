import { useState } from 'preact/hooks'
import { type Role, roles } from '../../../../src/access/permissions.ts'
import type { Scope } from '../../../../src/access/scope.ts'
import { type Domain, domains } from '../../../../src/facilities/facility-kind.ts'
import { facilities } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { Choice, chosenIn } from '../shell/choice.tsx'
import { q } from '../texts/people.ts'

/** What an account is for, and for which part of the city. */
export function RoleFields({ initial, scope }: { initial: Role; scope: Scope }) {
  const [chosen, choose] = useState(initial)
  return (
    <>
      <label class="field">
        {q().role}
        <select name="role" aria-describedby="role-about" onChange={(event) => choose(event.currentTarget.value as Role)}>
          {(Object.keys(roles) as Role[])
            .filter((one) => one !== 'wall')
            .map((one) => (
              <option key={one} value={one} selected={one === initial}>
                {say(roles[one])}
              </option>
            ))}
        </select>
      </label>
      <p class="muted small" id="role-about">
        {q().roleAbouts[chosen]}
      </p>
      {chosen !== 'admin' && <ScopeFields scope={scope} />}
    </>
  )
}

export function ScopeFields({ scope }: { scope: Scope }) {
  const known = new Set([
    ...facilities.value.map(({ district }) => district).filter(Boolean),
    ...(scope.districts === 'all' ? [] : scope.districts),
  ])
  const named = (Object.keys(domains) as Domain[]).map((domain): [string, string] => [domain, t().domains[domain]])
  return (
    <>
      <Choice name="district" title={q().districts} chosen={scope.districts} options={[...known].sort().map((one) => [one, one])} />
      <Choice name="domain" title={q().domains} chosen={scope.domains} options={named} />
    </>
  )
}

/** The scope as the fields say; an administrator's is the whole city. */
export function scopeOf(form: FormData): Scope {
  const part = (name: 'district' | 'domain') => (form.get('role') === 'admin' ? 'all' : chosenIn(form, name))
  return { districts: part('district'), domains: part('domain') as Scope['domains'] }
}

/** Which part of the city, in words. */
export function scopeText({
  districts,
  domains: some,
}: {
  districts: readonly string[] | 'all'
  domains: readonly string[] | 'all'
}): string {
  const names = some === 'all' ? [] : some.map((domain) => t().domains[domain as Domain])
  return [...(districts === 'all' ? [] : [districts.join(', ')]), ...(some === 'all' ? [] : [names.join(', ')])].join('; ') || q().wholeCity
}
