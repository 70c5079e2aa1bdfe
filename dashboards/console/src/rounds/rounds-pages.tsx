import './rounds.css'
import { OperationsBar } from '../operations/operations-bar.tsx'
import { guarded } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { rd } from '../texts/rounds.ts'
import { CoveragePage } from './coverage-page.tsx'
import { DayPage } from './day-page.tsx'
import { LabelsPage } from './labels-page.tsx'
import { PlanForm } from './plan-form.tsx'
import { PlansPage } from './plans-page.tsx'
import { RoundPage } from './round-page.tsx'

const EditPage = guarded('round.manage', PlanForm)
const PrintPage = guarded('round.manage', LabelsPage)
const views = { today: '/rounds', plans: '/rounds/plans', coverage: '/rounds/coverage' } as const

/** Rounds that people walk: those of a day, one of them, plans, and how often areas are walked. */
export const RoundsPages = guarded('order.read', ({ path }: { path: string }) => {
  useKeys({ Escape: () => navigate(path === '/rounds' ? '/' : '/rounds') })
  return (
    <div class="stack rounds">
      <OperationsBar />
      <Page path={path} />
    </div>
  )
})

function Page({ path }: { path: string }) {
  const [, , first, second, third] = path.split('/')
  if (first !== undefined && /^\d+$/.test(first)) return <RoundPage key={first} id={Number(first)} />
  if (second === 'new') return <EditPage key="new" id={null} />
  if (second !== undefined) {
    const id = decodeURIComponent(second)
    return third === 'labels' ? <PrintPage key={id} id={id} /> : <EditPage key={id} id={id} />
  }
  return (
    <>
      <div class="list-bar">
        <h1>{rd().title}</h1>
        <nav class="together" aria-label={rd().title}>
          {(Object.keys(views) as (keyof typeof views)[]).map((view) => (
            <a key={view} class="button" href={views[view]} aria-current={views[view] === path ? 'page' : undefined}>
              {rd().views[view]}
            </a>
          ))}
        </nav>
      </div>
      {first === 'plans' ? <PlansPage /> : first === 'coverage' ? <CoveragePage /> : <DayPage />}
    </>
  )
}
