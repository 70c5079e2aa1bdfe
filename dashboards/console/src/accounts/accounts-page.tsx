import { useState } from 'preact/hooks'
import { type Role, roles } from '../../../../src/access/permissions.ts'
import { formatFull, formatNumber } from '../format.ts'
import { session } from '../live/api.ts'
import { say } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { q } from '../texts/people.ts'
import { AccountPanel } from './account-panel.tsx'
import { AddDialog, LinkDialog, type MadeLink } from './add-dialog.tsx'
import { type AccountView, getAccounts } from './people-api.ts'
import { scopeText } from './scope-fields.tsx'

/** Who may sign in, and as what. */
export function AccountsPage() {
  const [adding, add] = useState<'person' | 'wall' | null>(null)
  const [managed, manage] = useState<string | null>(null)
  const [link, show] = useState<MadeLink | null>(null)
  const { answer, problem, again } = useAnswer(getAccounts, '')
  useKeys({ Escape: () => (managed === null ? navigate('/administration') : manage(null)) })
  const one = answer?.accounts.find(({ name }) => name === managed)
  return (
    <div class="stack">
      <section class="panel">
        <div class="list-bar">
          <h1>{q().people}</h1>
          <span class="grow" />
          <a class="button" href="/own">
            {q().own}
          </a>
          <button type="button" class="button" onClick={() => add('wall')}>
            {q().addWall}…
          </button>
          <button type="button" class="button primary" onClick={() => add('person')}>
            {q().add}…
          </button>
        </div>
        {problem && <p class="problem">{problem}</p>}
        <ScrollTable label={q().people} titles={q().columns}>
          {answer?.accounts.map((account) => (
            <Row key={account.name} account={account} isShown={account.name === managed} onManage={() => manage(account.name)} />
          ))}
        </ScrollTable>
      </section>
      {one && <AccountPanel key={one.name} account={one} onChange={again} onLink={show} onGone={() => manage(null)} />}
      {adding && (
        <AddDialog
          of={adding}
          onClose={() => add(null)}
          onDone={(made) => {
            again()
            show(made)
          }}
        />
      )}
      {link && <LinkDialog {...link} onClose={() => show(null)} />}
    </div>
  )
}

function Row({ account, isShown, onManage }: { account: AccountView; isShown: boolean; onManage: () => void }) {
  const { name, displayName, role, scope, lastSignIn, secondFactor, secondFactorDemanded, sessions, keys } = account
  return (
    <tr>
      <th scope="row">
        {name} {displayName && <span class="muted">{displayName}</span>}{' '}
        {name === session.value?.name && <span class="tag">{q().you}</span>}
        <Standing account={account} />
      </th>
      <td>{say(roles[role as Role])}</td>
      <td>{scopeText(scope)}</td>
      <td>{secondFactor ? q().factor.yes : secondFactorDemanded ? q().factor.lacking : q().factor.no}</td>
      <td class="nowrap">{lastSignIn === null ? q().never : formatFull(lastSignIn)}</td>
      <td>{formatNumber(sessions)}</td>
      <td>{formatNumber(keys)}</td>
      <td>
        <button type="button" class="button" aria-expanded={isShown} aria-label={q().manageOf(name)} onClick={onManage}>
          {q().manage}
        </button>
      </td>
    </tr>
  )
}

function Standing({ account: { disabled, invitation, hasPassword, role } }: { account: AccountView }) {
  if (disabled) return <span class="tag">{q().disabled}</span>
  if (invitation) {
    const words = invitation.purpose === 'reset' ? q().resetOpen : q().invited
    return <span class="tag">{words(formatFull(invitation.expires))}</span>
  }
  return hasPassword || role === 'wall' ? null : <span class="tag">{q().noPassword}</span>
}
