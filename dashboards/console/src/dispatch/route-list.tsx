import { useRef, useState } from 'preact/hooks'
import { orderClasses } from '../../../../src/dispatch/order.ts'
import type { Route } from '../../../../src/dispatch/route.ts'
import type { PolicyPreviewView, RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { formatNumber } from '../format.ts'
import { say } from '../settings.ts'
import { tell } from '../shell/notice.tsx'
import { dp } from '../texts/dispatch.ts'
import { FieldProblems, problemsOf } from './field-problems.tsx'
import { moved } from './moved.ts'
import { routeName, routeSentence } from './policy-words.ts'
import { RouteForm } from './route-form.tsx'

interface RouteListProps {
  routes: readonly Route[]
  roster: RosterView
  /** Null while it is counted. */
  preview: PolicyPreviewView | null
  /** Null for those who may only look. */
  change: ((routes: readonly Route[]) => void) | null
}

/** An id that no route has yet. */
function freshId(routes: readonly Route[]): string {
  const taken = new Set(routes.map(({ id }) => id))
  for (let n = routes.length + 1; ; n++) if (!taken.has(`route-${n}`)) return `route-${n}`
}

/** The routes in the order in which they are looked at; moved by buttons, keys and dragging. */
export function RouteList({ routes, roster, preview, change }: RouteListProps) {
  const [open, setOpen] = useState<string | null>(null)
  const [over, setOver] = useState<number | null>(null)
  const dragged = useRef<number | null>(null)
  const list = useRef<HTMLOListElement>(null)
  const crewName = (id: string) => roster.crews.find((crew) => crew.id === id)?.name ?? id
  const move = (from: number, to: number) => {
    const next = moved(routes, from, to)
    if (!change || next === routes) return
    change(next)
    const route = routes[from] as Route
    tell(dp().moved(routeName(route), to + 1))
    // The one that was moved keeps the focus, wherever it stands now.
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-route="${CSS.escape(route.id)}"]`)?.focus())
  }
  const onKeyDown = (place: number) => (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (step === undefined || !event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    move(place, place + step)
  }
  const add = (route: Omit<Route, 'id'>, place: number) => {
    const id = freshId(routes)
    change?.(routes.toSpliced(place, 0, { ...route, id }))
    setOpen(id)
  }
  return (
    <>
      <p class="muted">{dp().routesAbout}</p>
      {change && (
        <div class="buttons">
          <button type="button" class="button" onClick={() => add(newRoute(), 0)}>
            {dp().add}
          </button>
        </div>
      )}
      {routes.length === 0 && <p>{dp().noRoute}</p>}
      <ol class="routes" ref={list}>
        {routes.map((route, i) => {
          const problems = problemsOf(preview?.problems ?? [], `routes.${i}`)
          const reach = preview?.reach[i]
          const name = routeName(route)
          return (
            <li
              key={route.id}
              class={over === i ? 'route over' : 'route'}
              onDragOver={(event) => {
                if (dragged.current === null) return
                event.preventDefault()
                setOver(i)
              }}
              onDrop={(event) => {
                event.preventDefault()
                if (dragged.current !== null) move(dragged.current, i)
                dragged.current = null
                setOver(null)
              }}
            >
              <div class="route-head">
                {/* biome-ignore lint/a11y/noStaticElementInteractions: the same goes by keys and by buttons */}
                <span
                  class="route-place"
                  draggable={change !== null}
                  onDragStart={() => {
                    dragged.current = i
                  }}
                  onDragEnd={() => {
                    dragged.current = null
                    setOver(null)
                  }}
                >
                  {i + 1}
                </span>
                <h2>{name}</h2>
                <span class="tag">{say(orderClasses[route.class])}</span>
                <span class="grow" />
                {change && (
                  <span class="together">
                    <button
                      type="button"
                      class="button"
                      data-route={route.id}
                      aria-label={dp().up(name)}
                      aria-disabled={i === 0}
                      aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
                      onClick={() => move(i, i - 1)}
                      onKeyDown={onKeyDown(i)}
                    >
                      ↑
                    </button>
                    <button
                      type="button"
                      class="button"
                      aria-label={dp().down(name)}
                      aria-disabled={i === routes.length - 1}
                      aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
                      onClick={() => move(i, i + 1)}
                      onKeyDown={onKeyDown(i)}
                    >
                      ↓
                    </button>
                    <button
                      type="button"
                      class="button"
                      aria-expanded={open === route.id}
                      onClick={() => setOpen(open === route.id ? null : route.id)}
                    >
                      {open === route.id ? dp().done : dp().edit}
                      <span class="unseen"> {name}</span>
                    </button>
                    <button type="button" class="button" onClick={() => add({ ...route, name: dp().copyOf(name) }, i)}>
                      {dp().copy}
                      <span class="unseen"> {name}</span>
                    </button>
                    <button type="button" class="button" onClick={() => change(routes.filter(({ id }) => id !== route.id))}>
                      {dp().remove}
                      <span class="unseen"> {name}</span>
                    </button>
                  </span>
                )}
              </div>
              <p>{routeSentence(route, crewName)}</p>
              <p class="muted small">{reach ? dp().applies(formatNumber(reach.facilities), formatNumber(reach.orders)) : dp().counting}</p>
              <FieldProblems problems={problems} at="" />
              {change && open === route.id && (
                <RouteForm
                  route={route}
                  roster={roster}
                  problems={problems}
                  change={(next) => change(routes.map((one, place) => (place === i ? next : one)))}
                />
              )}
              {open !== route.id && problems.some(({ at }) => at !== '') && (
                <FieldProblems problems={problems.filter(({ at }) => at !== '').map((one) => ({ ...one, at: 'closed' }))} at="closed" />
              )}
            </li>
          )
        })}
      </ol>
    </>
  )
}

/** Takes nothing until somebody says what: a new route that takes all would hide every other one. */
const newRoute = (): Omit<Route, 'id'> => ({
  ...{ name: dp().newName, when: { priorities: [] }, makesOrder: true, class: 'ordinary', skills: [], quiet: false },
  chain: [
    { to: { type: 'crews' }, within: 600_000 },
    { to: { type: 'dispatcher' }, within: 1_800_000 },
  ],
})
