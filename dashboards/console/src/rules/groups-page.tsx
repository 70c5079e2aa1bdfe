import { useEffect, useState } from 'preact/hooks'
import type { GroupView } from '../../../../src/edges/http/rule-schemas.ts'
import { formatFull, formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { explain } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { p } from '../texts/plant.ts'
import { GroupDialog, RemoveGroup } from './group-dialog.tsx'
import { OverrideList } from './override-list.tsx'
import { getGroup, getGroups } from './rules-api.ts'

/** Groups of facilities, and everything engineers changed of the rules. */
export function GroupsPage() {
  const [groups, setGroups] = useState<readonly GroupView[] | null>(null)
  const [problem, setProblem] = useState('')
  const load = () =>
    getGroups().then(
      ({ items }) => {
        setGroups(items)
        setProblem('')
      },
      (failure) => setProblem(explain(failure)),
    )
  useEffect(() => void load(), [])
  useKeys({ Escape: () => navigate('/') })
  return (
    <div class="stack">
      <h1 class="unseen">{t().groups}</h1>
      <GroupList groups={groups} problem={problem} onChanged={() => void load()} />
      <OverrideList groups={groups ?? []} />
    </div>
  )
}

interface GroupListProps {
  groups: readonly GroupView[] | null
  problem: string
  onChanged: () => void
}

function GroupList({ groups, problem, onChanged }: GroupListProps) {
  const [editing, edit] = useState<GroupView | 'new' | null>(null)
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{p().groupList}</h2>
        <span class="muted">{p().groupsHint}</span>
        <span class="grow" />
        {mayWhole('rule.edit') && (
          <button type="button" class="button" onClick={() => edit('new')}>
            {p().newGroup}…
          </button>
        )}
      </div>
      {problem && <p class="problem">{problem}</p>}
      {groups?.length === 0 && <p class="muted">{p().noGroups}</p>}
      {groups && groups.length > 0 && (
        <ScrollTable label={p().groupList} titles={p().groupColumns}>
          {groups.map((group) => (
            <tr key={group.name}>
              <th scope="row">{group.name}</th>
              <td>{group.rank}</td>
              <td>
                <code>{group.query}</code>
                {group.problem && <p class="problem">{group.problem}</p>}
              </td>
              <td class="nowrap">
                <Members group={group} />
              </td>
              <td class="nowrap">
                {group.by}, {formatFull(group.at)}
              </td>
              <td>{group.reason}</td>
              <td class="nowrap">
                {mayWhole('rule.edit') && (
                  <>
                    <button type="button" class="button" onClick={() => edit(group)}>
                      {p().change}…<span class="unseen"> {group.name}</span>
                    </button>{' '}
                    <RemoveGroup group={group} onDone={onChanged} />
                  </>
                )}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {editing && <GroupDialog group={editing === 'new' ? null : editing} onDone={onChanged} onClose={() => edit(null)} />}
    </section>
  )
}

/** How many are in it now, with the way to them. */
function Members({ group: { name, query, at } }: { group: GroupView }) {
  const [count, setCount] = useState<number | null>(null)
  useEffect(() => {
    getGroup(name).then(
      ({ facilities }) => setCount(facilities),
      () => setCount(null),
    )
  }, [name, at])
  return (
    <>
      {count === null ? '…' : formatNumber(count)}{' '}
      <a href={`/facilities?${new URLSearchParams({ query })}`}>
        {p().show}
        <span class="unseen"> {name}</span>
      </a>
    </>
  )
}
