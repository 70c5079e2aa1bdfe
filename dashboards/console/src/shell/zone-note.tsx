import { cityZone, strangeZone } from '../city-time.ts'
import { serverNow } from '../live/live.ts'
import { say } from '../settings.ts'

/** Tells whose days and times a page shows, where this computer has others. */
export function ZoneNote() {
  const own = strangeZone(serverNow.peek())
  if (own === null) return null
  const city = cityZone()
  const text = {
    en: `Days and times here are those of the city (${city}); this computer is set to ${own}.`,
    zh: `此处日期和时间均为城市当地时间（${city}）；本机时区为 ${own}。`,
  }
  return <p class="muted small">{say(text)}</p>
}
