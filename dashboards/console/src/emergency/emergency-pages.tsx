import { OperationsBar } from '../operations/operations-bar.tsx'
import { guarded } from '../shell/guarded.tsx'
import { ActivationPage } from './activation-page.tsx'
import './emergency.css'
import { PlanForm } from './plan-form.tsx'
import { PlansPage } from './plans-page.tsx'

const EditPage = guarded('plan.edit', PlanForm)

export const EmergencyPages = guarded('city.read', ({ path }: { path: string }) => (
  <div class="stack operations emergency">
    <OperationsBar />
    <Page path={path} />
  </div>
))

function Page({ path }: { path: string }) {
  const [, , first, second] = path.split('/')
  if (first === undefined) return <PlansPage />
  if (first === 'activations') return <ActivationPage key={second} id={Number(second)} />
  return second === undefined ? <EditPage id={null} /> : <EditPage key={first} id={decodeURIComponent(first)} />
}
