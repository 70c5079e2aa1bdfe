import { PhoneLink, phone } from './phone.tsx'
import { t } from './texts.ts'

/** Marks what can kill, in shape, colour and word. */
export function DangerMark() {
  return (
    <span class="danger">
      {t().dangerWord}
      <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M12 1 23 12 12 23 1 12Z" />
      </svg>
    </span>
  )
}

/** What to do before anybody comes. */
export function KeepAway() {
  return (
    <p class="panel alert">
      <span>
        <b>{t().danger}</b> {phone() && t().dangerCall} {phone() && <PhoneLink />}
      </span>
    </p>
  )
}
