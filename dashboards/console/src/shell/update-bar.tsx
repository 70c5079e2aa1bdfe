import { useEffect } from 'preact/hooks'
import { language } from '../settings.ts'
import { isOutdated, watchBuild } from './build-watch.ts'
import { kiosk } from './router.ts'

const texts = {
  en: { outdated: 'The server was updated. This page is still the version before.', reload: 'Load the new version' },
  zh: { outdated: '服务器已更新，本页仍为旧版本。', reload: '加载新版本' },
}
/** Walls do not all come back in the same moment, ms. */
const SPREAD = 5000

/** Offers the new version of the console; a wall takes it by itself. */
export function UpdateBar() {
  useEffect(watchBuild, [])
  const takesIt = isOutdated.value && kiosk.value
  useEffect(() => {
    if (!takesIt) return
    const timer = setTimeout(() => location.reload(), Math.random() * SPREAD)
    return () => clearTimeout(timer)
  }, [takesIt])
  if (!isOutdated.value || kiosk.value) return null
  const words = texts[language.value]
  return (
    <p class="banner warning strip" role="status">
      {words.outdated}
      <button type="button" class="button" onClick={() => location.reload()}>
        {words.reload}
      </button>
    </p>
  )
}
