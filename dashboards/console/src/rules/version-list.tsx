import type { RuleVersionView } from '../../../../src/edges/http/rule-schemas.ts'
import { formatFull } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { may, mayWhole } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { navigate, query } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { TitledOptions } from '../shell/titled-options.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { useTyped } from '../shell/use-typed.ts'
import { p } from '../texts/plant.ts'
import { DifferenceList } from './change-list.tsx'
import { PutBack } from './put-back.tsx'
import { differences, findRule, scopeWords } from './rule-words.ts'
import { getGroups, getRuleVersions, type VersionFilter } from './rules-api.ts'
import { versionsPath } from './versions-path.ts'

const PAGE = 25

/** Every change that engineers made to the rules, newest first; the address says what it is narrowed down to. */
export function VersionList() {
  const given = (name: string) => query.value.get(name) ?? undefined
  const filter: VersionFilter = { kind: given('kind'), rule: given('rule'), group: given('group'), facility: given('facility') }
  const from = Number(given('from')) || undefined
  const first = from === undefined ? undefined : from + 1
  const pages = usePages((before) => getRuleVersions(filter, PAGE, before ?? first), JSON.stringify({ filter, from }))
  useKeys({ Escape: () => navigate('/groups') })
  const isFiltered = Object.values(filter).some(Boolean)
  const items = pages.page?.items ?? []
  return (
    <section class="panel">
      <div class="list-bar">
        <h1>{p().versions}</h1>
        <span class="grow" />
        <a class="button" href="/groups">
          {t().groups}
        </a>
      </div>
      <Filters filter={filter} />
      {filter.facility && filter.kind && (
        <p>
          {p().ofFacilityOnly(filter.facility)}{' '}
          <a href={versionsPath({ kind: filter.kind, rule: filter.rule })}>{filter.rule ? p().ofRuleEverywhere : p().ofKindEverywhere}</a>
        </p>
      )}
      {from !== undefined && pages.number === 0 && pages.page && (
        <p role="status">
          {items[0]?.id === from ? p().fromVersion(from) : p().noSuchVersion(from)} <a href={versionsPath(filter)}>{p().fromNewest}</a>
        </p>
      )}
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page && items.length === 0 && <p class="muted">{isFiltered ? p().noVersionMatches : p().noVersions}</p>}
      {items.length > 0 && (
        <ScrollTable label={p().versions} titles={p().versionColumns} class="versions">
          {items.map((version) => (
            <Row key={version.id} version={version} isSought={version.id === from} onDone={pages.again} />
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}

function Filters({ filter }: { filter: VersionFilter }) {
  const { answer } = useAnswer(getGroups, '')
  const narrow = (change: VersionFilter) => navigate(versionsPath({ ...filter, ...change }), true)
  const facility = useTyped(filter.facility ?? '', (text) => narrow({ facility: text.trim() || undefined, group: undefined }))
  const rules = filter.kind ? (kinds.value.get(filter.kind)?.rules ?? []) : []
  const groups = [...new Set([...(answer?.items.map(({ name }) => name) ?? []), ...(filter.group ? [filter.group] : [])])]
  return (
    <div class="list-bar filters">
      <label class="together">
        {p().fields.kind}
        <select
          value={filter.kind ?? ''}
          onChange={(event) => narrow({ kind: event.currentTarget.value || undefined, rule: undefined, facility: undefined })}
        >
          <option value="">{p().allKinds}</option>
          <TitledOptions of={kinds.value.values()} />
        </select>
      </label>
      <label class="together">
        {p().rule}
        <select
          value={filter.rule ?? ''}
          disabled={rules.length === 0}
          onChange={(event) => narrow({ rule: event.currentTarget.value || undefined })}
        >
          <option value="">{p().allRules}</option>
          <TitledOptions of={rules} />
        </select>
      </label>
      <label class="together">
        {p().groupList}
        <select
          value={filter.group ?? ''}
          onChange={(event) => narrow({ group: event.currentTarget.value || undefined, facility: undefined })}
        >
          <option value="">{p().anyPlace}</option>
          {groups.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="together">
        {p().facilityId}
        <input {...facility} autocomplete="off" />
      </label>
      {Object.values(filter).some(Boolean) && (
        <a class="button" href={versionsPath()}>
          {p().clear}
        </a>
      )}
    </div>
  )
}

interface RowProps {
  version: RuleVersionView
  isSought: boolean
  onDone: () => void
}

function Row({ version, isSought, onDone }: RowProps) {
  const { id, at, by, kind, facility, rule, action, before, after, revertsTo, reason, current } = version
  const known = findRule(kind, rule)
  const title = known ? say(known.rule.title) : rule
  const list = differences(before, after, known)
  return (
    <tr class={isSought ? 'sought' : undefined}>
      <td class="nowrap">
        <b>{id}</b> {current && <span class="tag">{p().inForceNow}</span>}
      </td>
      <td class="nowrap">
        {formatFull(at)}
        <br />
        {by}
      </td>
      <td>{facility ? <a href={`/facilities/${encodeURIComponent(facility)}/rules`}>{scopeWords(version)}</a> : scopeWords(version)}</td>
      <th scope="row">{title}</th>
      <td>
        {action !== 'put' && <p>{action === 'remove' ? p().takenBack : p().wasPutBackTo(revertsTo ?? 0)}</p>}
        <DifferenceList list={list} />
      </td>
      <td class="breakable">{reason}</td>
      <td class="nowrap">
        {!current && known && (facility === null ? mayWhole : may)('rule.edit') && (
          <PutBack version={version} title={title} onDone={onDone} />
        )}
      </td>
    </tr>
  )
}
