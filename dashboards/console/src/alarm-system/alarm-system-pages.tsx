import { guarded } from '../shell/guarded.tsx'
import { AlarmSystemPage } from './alarm-system-page.tsx'
import { FloodReview } from './flood-review.tsx'

/** The pages about the alarm system; the address has been found to be one of theirs. */
export const AlarmSystemPages = guarded('city.read', Pages, 'whole')

function Pages({ path }: { path: string }) {
  const flood = /^\/floods\/(\d+)$/.exec(path)
  return flood ? <FloodReview key={flood[1]} id={Number(flood[1])} /> : <AlarmSystemPage />
}
