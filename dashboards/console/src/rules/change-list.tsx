import type { ComponentChildren } from 'preact'
import { p } from '../texts/plant.ts'
import type { Difference } from './rule-words.ts'

interface ListProps {
  list: readonly Difference[]
  line: (difference: Difference) => ComponentChildren
}

/** What is said in the other language too stays folded away. */
function Lines({ list, line }: ListProps) {
  const [shown, repeated] = [list.filter(({ isRepeated }) => !isRepeated), list.filter(({ isRepeated }) => isRepeated)]
  const lines = (some: readonly Difference[]) => (
    <ul class="changes">
      {some.map((one) => (
        <li key={one.key}>{line(one)}</li>
      ))}
    </ul>
  )
  return (
    <>
      {lines(shown)}
      {repeated.length > 0 && (
        <details>
          <summary class="muted">{repeated.map(({ name }) => name).join(p().comma)}</summary>
          {lines(repeated)}
        </details>
      )}
    </>
  )
}

/** What is changed of a rule, beside what is usual. */
export const ChangeList = ({ list }: { list: readonly Difference[] }) => (
  <Lines
    list={list}
    line={({ name, after, otherwise }) => (
      <>
        {name}: <b class={classOf(after)}>{after}</b>{' '}
        {otherwise !== null && <span class="muted small">{otherwise === after ? p().asUsual : p().usually(onOwnLines(otherwise))}</span>}
      </>
    )}
  />
)

/** What differs between two states, the old one struck. `isNow`: what stands where nothing is changed is what is in force then. */
export const DifferenceList = ({ list, isNow = false }: { list: readonly Difference[]; isNow?: boolean }) => (
  <Lines
    list={list}
    line={({ name, before, after, otherwise }) => (
      <>
        {name}: <span class="unseen">{p().was} </span>
        {before === null ? <NotSet value={otherwise} isNow={isNow} /> : <del class={classOf(before)}>{before}</del>}
        {' → '}
        <span class="unseen">{p().is} </span>
        {after === null ? <NotSet value={otherwise} isNow={isNow} /> : <ins class={classOf(after)}>{after}</ins>}
      </>
    )}
  />
)

const NotSet = ({ value, isNow }: { value: string | null; isNow: boolean }) => (
  <span class={`muted ${classOf(value)}`}>
    {value === null ? p().notSet : isNow ? p().notSetSo(onOwnLines(value)) : p().notSetUsually(onOwnLines(value))}
  </span>
)

/** Steps stand one below the other. */
const isList = (value: string | null): value is string => value?.includes('\n') ?? false
const classOf = (value: string | null): string => (isList(value) ? 'steps' : '')
const onOwnLines = (value: string): string => (isList(value) ? `\n${value}` : value)
