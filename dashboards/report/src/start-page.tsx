import { formatFull } from '../../shared/format.ts'
import { FindPole } from './find-pole.tsx'
import { LookUpForm } from './look-up.tsx'
import { PhoneLink, phone } from './phone.tsx'
import { ReportForm } from './report-form.tsx'
import { forgetSent, outbox } from './sending.ts'
import type { Position } from './sketch.ts'
import { t } from './texts.ts'

/** Where somebody begins who has scanned no code. */
export function StartPage() {
  return (
    <>
      <h1>{t().title}</h1>
      <FindPole />
      <LookUpForm number="" />
      <OwnReports />
      {phone() && (
        <p>
          {t().call} <PhoneLink />
        </p>
      )}
    </>
  )
}

/** A report on where somebody stands who finds no pole. */
export function HerePage({ position }: { position: Position }) {
  const [longitude, latitude] = position
  return (
    <>
      <section class="panel">
        <h1>{t().here}</h1>
        <p class="muted">
          {latitude.toFixed(5)}, {longitude.toFixed(5)}
        </p>
        <a class="button quiet" href="/report">
          {t().find}
        </a>
      </section>
      <ReportForm about={{ position: [longitude, latitude] }} />
    </>
  )
}

function OwnReports() {
  const { sent } = outbox.value
  if (sent.length === 0) return null
  return (
    <section class="panel">
      <h2>{t().own}</h2>
      <ul class="plain-list">
        {sent.map(({ id, number, at, code }) => (
          <li key={id}>
            <a class="choice" href={`/report?number=${encodeURIComponent(number)}`}>
              <span class="grow">
                <b>{number}</b>
                <span class="aside muted">{[code, formatFull(at)].filter(Boolean).join(' · ')}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
      <button type="button" class="button quiet" onClick={forgetSent}>
        {t().forget}
      </button>
    </section>
  )
}
