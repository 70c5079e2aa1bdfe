import { useState } from 'preact/hooks'
import { type Skill, skills } from '../../../../src/dispatch/crew.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { type Domain, domains } from '../../../../src/facilities/facility-kind.ts'
import { say, t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { Choice, chosenIn, Ticks } from '../shell/choice.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { du } from '../texts/duty.ts'
import { putCrew, putPerson, type RosterCrew, type RosterPerson, removeCrew } from './duty-api.ts'

interface CrewsProps {
  roster: RosterView
  again: () => void
}

type Open =
  | { what: 'crew'; crew: RosterCrew | null }
  | { what: 'remove'; crew: RosterCrew }
  | { what: 'person'; person: RosterPerson | null }

/** Who drives out together, and what each of them can do. */
export function Crews({ roster, again }: CrewsProps) {
  const [open, setOpen] = useState<Open | null>(null)
  const isManager = mayWhole('roster.manage')
  const nameOf = (account: string) => roster.people.find((one) => one.account === account)?.name ?? account
  const close = () => setOpen(null)
  const list = (some: 'all' | readonly string[], name: (one: string) => string) => (some === 'all' ? t().all : some.map(name).join(', '))
  return (
    <>
      <section class="panel">
        <div class="list-bar">
          <h2>{du().crews}</h2>
          <span class="grow" />
          {isManager && (
            <button type="button" class="button" onClick={() => setOpen({ what: 'crew', crew: null })}>
              {du().newCrew}…
            </button>
          )}
        </div>
        {roster.crews.length === 0 && <p class="muted">{du().noCrews}</p>}
        {roster.crews.length > 0 && (
          <ScrollTable label={du().crews} titles={du().crewColumns}>
            {roster.crews.map((crew) => (
              <tr key={crew.id}>
                <th scope="row">
                  {crew.name} {crew.disabled && <span class="tag">{du().outOfUse}</span>}
                </th>
                <td>{list(crew.districts, (one) => one)}</td>
                <td>{list(crew.domains, (one) => t().domains[one as Domain])}</td>
                <td>{crew.vehicle}</td>
                <td>{crew.members.map(nameOf).join(', ') || du().none}</td>
                <td class="nowrap">
                  {isManager && (
                    <>
                      <button type="button" class="button" onClick={() => setOpen({ what: 'crew', crew })}>
                        {du().edit}…<span class="unseen"> {crew.name}</span>
                      </button>{' '}
                      <button type="button" class="button" onClick={() => setOpen({ what: 'remove', crew })}>
                        {du().remove}…<span class="unseen"> {crew.name}</span>
                      </button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </ScrollTable>
        )}
      </section>
      <section class="panel">
        <div class="list-bar">
          <h2>{du().people}</h2>
          <span class="grow" />
          {isManager && (
            <button type="button" class="button" onClick={() => setOpen({ what: 'person', person: null })}>
              {du().addPerson}…
            </button>
          )}
        </div>
        {roster.people.length === 0 && <p class="muted">{du().noPeopleYet}</p>}
        {roster.people.length > 0 && (
          <ScrollTable label={du().people} titles={isManager ? du().peopleColumns : du().peopleColumns.slice(0, 2)}>
            {roster.people.map((person) => (
              <tr key={person.account}>
                <th scope="row">{person.name}</th>
                <td>{person.skills.map((skill) => say(skills[skill])).join(', ') || du().none}</td>
                {isManager && (
                  <>
                    <td class="nowrap">{person.phone}</td>
                    <td>{person.email}</td>
                    <td>
                      <button type="button" class="button" onClick={() => setOpen({ what: 'person', person })}>
                        {du().edit}…<span class="unseen"> {person.name}</span>
                      </button>
                    </td>
                  </>
                )}
              </tr>
            ))}
          </ScrollTable>
        )}
      </section>
      {open?.what === 'crew' && <CrewDialog crew={open.crew} roster={roster} onDone={again} onClose={close} />}
      {open?.what === 'remove' && <RemoveCrew crew={open.crew} onDone={again} onClose={close} />}
      {open?.what === 'person' && <PersonDialog person={open.person} roster={roster} onDone={again} onClose={close} />}
    </>
  )
}

interface DialogProps {
  onDone: () => void
  onClose: () => void
}

function RemoveCrew({ crew: { id, name }, onDone, onClose }: DialogProps & { crew: RosterCrew }) {
  const send = async () => {
    const done = await act(() => removeCrew(id), t().done)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={du().removeCrew(name)} confirm={du().remove} onConfirm={send} onClose={onClose}>
      {null}
    </Dialog>
  )
}

/** Longitude and latitude; null where nothing stands there. */
function readBase(text: string): [number, number] | null {
  const [longitude, latitude] = text.split(/[,，]/).map(Number)
  return text.trim() === '' || longitude === undefined || latitude === undefined ? null : [longitude, latitude]
}

function CrewDialog({ crew, roster, onDone, onClose }: DialogProps & { crew: RosterCrew | null; roster: RosterView }) {
  const send = async (form: FormData) => {
    const input = {
      ...{ name: String(form.get('name')).trim(), vehicle: String(form.get('vehicle')).trim() },
      base: readBase(String(form.get('base'))),
      ...{
        districts: chosenIn(form, 'district'),
        domains: chosenIn(form, 'domain') as Domain[] | 'all',
        members: form.getAll('member').map(String),
      },
      disabled: form.get('disabled') !== null,
    }
    const done = await act(() => putCrew(crew?.id ?? String(form.get('id')).trim(), input), du().saved)
    if (done) onDone()
    return done
  }
  const districts = [...new Set([...roster.districts, ...(crew && crew.districts !== 'all' ? crew.districts : [])])].sort()
  const people = roster.accounts.filter(({ account, disabled }) => !disabled || crew?.members.includes(account))
  return (
    <Dialog title={crew ? du().editCrew(crew.name) : du().newCrew} confirm={t().save} onConfirm={send} onClose={onClose}>
      {!crew && (
        <label class="field">
          {du().crewId}
          <input name="id" required maxLength={40} pattern="[\p{L}\p{N}][\p{L}\p{N}_\-]*" autocomplete="off" />
        </label>
      )}
      <label class="field">
        {du().name}
        <input name="name" required maxLength={100} pattern=".*\S.*" defaultValue={crew?.name ?? ''} autocomplete="off" />
      </label>
      <label class="field">
        {du().vehicle}
        <input name="vehicle" maxLength={100} defaultValue={crew?.vehicle ?? ''} autocomplete="off" />
      </label>
      <label class="field">
        {du().base}
        <input
          name="base"
          pattern="\s*-?\d+(\.\d+)?\s*[,，]\s*-?\d+(\.\d+)?\s*"
          placeholder={du().baseHint}
          defaultValue={crew?.base?.join(', ') ?? ''}
          autocomplete="off"
        />
      </label>
      <Choice name="district" title={du().districts} chosen={crew?.districts ?? 'all'} options={districts.map((one) => [one, one])} />
      <Choice
        name="domain"
        title={du().fields}
        chosen={crew?.domains ?? 'all'}
        options={(Object.keys(domains) as Domain[]).map((one) => [one, t().domains[one]])}
      />
      <fieldset class="choices duty-members">
        <legend>{du().members}</legend>
        <Ticks name="member" chosen={crew?.members ?? []} options={people.map(({ account, name }) => [account, name])} />
      </fieldset>
      <label class="check">
        <input type="checkbox" name="disabled" defaultChecked={crew?.disabled ?? false} />
        {du().disabled}
      </label>
    </Dialog>
  )
}

function PersonDialog({ person, roster, onDone, onClose }: DialogProps & { person: RosterPerson | null; roster: RosterView }) {
  const known = new Set(roster.people.map(({ account }) => account))
  const send = async (form: FormData) => {
    const input = {
      skills: form.getAll('skill') as Skill[],
      ...{ phone: String(form.get('phone')).trim(), email: String(form.get('email')).trim() },
    }
    const done = await act(() => putPerson(person?.account ?? String(form.get('account')), input), du().saved)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={person ? du().editPerson(person.name) : du().addPerson} confirm={t().save} onConfirm={send} onClose={onClose}>
      {!person && (
        <label class="field">
          {du().account}
          <select name="account" required>
            {roster.accounts
              .filter(({ account }) => !known.has(account))
              .map(({ account, name }) => (
                <option key={account} value={account}>
                  {name}
                </option>
              ))}
          </select>
        </label>
      )}
      <fieldset class="choices">
        <legend>{du().skills}</legend>
        <Ticks
          name="skill"
          chosen={person?.skills ?? []}
          options={(Object.keys(skills) as Skill[]).map((skill) => [skill, say(skills[skill])])}
        />
      </fieldset>
      <label class="field">
        {du().phone}
        <input name="phone" type="tel" maxLength={40} pattern="[+0-9 \(\)\-]*" defaultValue={person?.phone ?? ''} autocomplete="off" />
      </label>
      <label class="field">
        {du().email}
        <input name="email" type="email" maxLength={200} defaultValue={person?.email ?? ''} autocomplete="off" />
      </label>
    </Dialog>
  )
}
