import { emergencies } from '../live/live.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { em } from '../texts/emergency.ts'
import { getFacilityEmergencies } from './emergency-api.ts'
import { planName } from './plan-words.ts'

/** Emergency plans that are active where a facility lies, and what they do there. */
export function FacilityEmergencies({ id }: { id: string }) {
  const { answer } = useAnswer(() => getFacilityEmergencies(id), `${id} ${emergencies.value.map((one) => one.id)}`)
  return (
    <>
      {answer?.items.map((one) => {
        const does = [
          one.raises && em().facilityDoes.raises,
          one.measuresWithin !== null && em().facilityDoes.measures(one.measuresWithin),
          one.light && em().facilityDoes.light,
        ]
        return (
          <p key={one.id} class="panel" role="status">
            {one.drill && <span class="tag">{em().isDrill}</span>}{' '}
            <a href={`/emergency-plans/activations/${one.id}`}>{em().facility(planName(one))}</a>
            {!one.drill && ` · ${does.filter(Boolean).join(' · ')}`}
          </p>
        )
      })}
    </>
  )
}
