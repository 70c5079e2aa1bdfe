import { priorities } from '../../../../src/detection/rule.ts'
import { type Skill, skills } from '../../../../src/dispatch/crew.ts'
import { type OrderClass, orderClasses } from '../../../../src/dispatch/order.ts'
import type { Route, RouteCondition } from '../../../../src/dispatch/route.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { type Domain, domains } from '../../../../src/facilities/facility-kind.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { Choice, chosenIn, Ticks } from '../shell/choice.tsx'
import { dp } from '../texts/dispatch.ts'
import { ChainFields } from './chain-fields.tsx'
import { FieldProblems, type Problems } from './field-problems.tsx'
import { classes } from './policy-words.ts'

const keyAreas = ['any', 'in', 'out'] as const

/** What the fields say; the chain is not among them. */
function routeIn(form: FormData, route: Route): Route {
  const some = (name: 'domains' | 'priorities' | 'districts'): RouteCondition => {
    const chosen = chosenIn(form, name)
    return chosen === 'all' ? {} : ({ [name]: chosen } as RouteCondition)
  }
  const rules = form.getAll('rule').map(String)
  const area = form.get('keyArea')
  const name = String(form.get('name')).trim()
  return {
    ...route,
    // A name that is not there yet is no name; the field says so itself.
    name: name || route.name,
    when: {
      ...{ ...some('domains'), ...some('priorities'), ...some('districts') },
      ...(area !== 'any' && { keyArea: area === 'in' }),
      ...(rules.length > 0 && { rules }),
    },
    class: form.get('class') as OrderClass,
    makesOrder: form.has('makesOrder'),
    quiet: form.has('quiet'),
    skills: form.getAll('skill') as Skill[],
  }
}

interface RouteFormProps {
  route: Route
  roster: RosterView
  problems: Problems
  change: (route: Route) => void
}

/** All of one route; what is changed counts at once in the draft. */
export function RouteForm({ route, roster, problems, change }: RouteFormProps) {
  const { when } = route
  const take = (event: Event) => change(routeIn(new FormData(event.currentTarget as HTMLFormElement), route))
  const districts = [...new Set([...roster.districts, ...(when.districts ?? [])])].filter(Boolean).sort()
  const area = when.keyArea === undefined ? 'any' : when.keyArea ? 'in' : 'out'
  return (
    <div class="route-form">
      <form onInput={take} onSubmit={(event) => event.preventDefault()}>
        <div>
          <label class="field">
            {dp().name}
            <input name="name" required maxLength={100} pattern=".*\S.*" defaultValue={route.name} autocomplete="off" />
          </label>
          <label class="field">
            {dp().class}
            <select name="class">
              {classes.map((cls) => (
                <option key={cls} value={cls} selected={cls === route.class}>
                  {say(orderClasses[cls])}
                </option>
              ))}
            </select>
          </label>
          <label class="check">
            <input type="checkbox" name="makesOrder" defaultChecked={route.makesOrder} /> {dp().makesOrder}
          </label>
          <label class="check">
            <input type="checkbox" name="quiet" defaultChecked={route.quiet} /> {dp().quiet}
          </label>
          <FieldProblems problems={problems} at="quiet" />
          <label class="field">
            {dp().keyArea}
            <select name="keyArea">
              {keyAreas.map((one) => (
                <option key={one} value={one} selected={one === area}>
                  {dp().keyAreas[one]}
                </option>
              ))}
            </select>
          </label>
        </div>
        <div>
          <Choice
            name="priorities"
            title={dp().priorities}
            chosen={when.priorities ?? 'all'}
            options={priorities.map((one) => [one, t().priorities[one]])}
          />
          <FieldProblems problems={problems} at="when.priorities" />
          <Choice
            name="domains"
            title={dp().domains}
            chosen={when.domains ?? 'all'}
            options={(Object.keys(domains) as Domain[]).map((one) => [one, t().domains[one]])}
          />
          <FieldProblems problems={problems} at="when.domains" />
          <Choice name="districts" title={dp().districts} chosen={when.districts ?? 'all'} options={districts.map((one) => [one, one])} />
          <FieldProblems problems={problems} at="when.districts" />
        </div>
        <div>
          <fieldset class="choices">
            <legend>{dp().skills}</legend>
            <Ticks name="skill" chosen={route.skills} options={(Object.keys(skills) as Skill[]).map((one) => [one, say(skills[one])])} />
          </fieldset>
          <details open={when.rules !== undefined}>
            <summary>
              {dp().rules} <span class="muted">{dp().rulesAbout}</span>
            </summary>
            <div class="route-rules">
              <RuleTicks chosen={when.rules ?? []} />
            </div>
          </details>
          <FieldProblems problems={problems} at="when.rules" />
        </div>
      </form>
      <ChainFields chain={route.chain} crews={roster.crews} problems={problems} change={(chain) => change({ ...route, chain })} />
    </div>
  )
}

/** The rules of every kind, and those named that are no more. */
function RuleTicks({ chosen }: { chosen: readonly string[] }) {
  const all = [...kinds.value.values()].filter(({ rules }) => rules.length > 0)
  const known = new Set(all.flatMap(({ key, rules }) => rules.map((rule) => `${key}/${rule.key}`)))
  const strange = chosen.filter((one) => !known.has(one))
  return (
    <>
      {strange.length > 0 && <Ticks name="rule" chosen={chosen} options={strange.map((one) => [one, one])} />}
      {all.map(({ key, title, rules }) => (
        <fieldset key={key} class="choices">
          <legend>{say(title)}</legend>
          <Ticks name="rule" chosen={chosen} options={rules.map((rule) => [`${key}/${rule.key}`, say(rule.title)])} />
        </fieldset>
      ))}
    </>
  )
}
