import './kiosk.css'
import { useEffect, useState } from 'preact/hooks'
import { language } from '../settings.ts'
import { inKiosk } from './router.ts'

const texts = { en: 'F leaves the kiosk', zh: '按 F 退出大屏' }

/** The layout is made for so many pixels of height; larger screens show the same larger, to be read from across the room. */
const LAYOUT_HEIGHT = 800
/** How long the way out is shown after the mouse moved, ms. */
const SHOWN = 4000

/** The same layout on every screen, as large as the screen; not below its own size. */
const zoomFor = (height: number): number => Math.max(1, Math.round((height / LAYOUT_HEIGHT) * 100) / 100)

/** What a screen on a wall needs: large letters, no cursor, a screen that stays on. */
export function KioskMode() {
  const [isShown, show] = useState(false)
  useEffect(() => {
    const resize = () => document.documentElement.style.setProperty('--kiosk-zoom', String(innerWidth < 900 ? 1 : zoomFor(innerHeight)))
    resize()
    addEventListener('resize', resize)
    return () => removeEventListener('resize', resize)
  }, [])
  useEffect(stayAwake, [])
  useEffect(() => {
    let hiding: ReturnType<typeof setTimeout> | undefined
    const moved = () => {
      show(true)
      clearTimeout(hiding)
      hiding = setTimeout(() => show(false), SHOWN)
    }
    addEventListener('pointermove', moved)
    return () => {
      clearTimeout(hiding)
      removeEventListener('pointermove', moved)
    }
  }, [])
  return isShown && inKiosk.value ? <p class="kiosk-way-out">{texts[language.value]}</p> : null
}

/** Asks the screen not to go dark; browsers give the lock up whenever the page goes out of sight. */
function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null
  let isOver = false
  const ask = async () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    lock = await navigator.wakeLock.request('screen').catch(() => null)
    if (isOver) await lock?.release()
  }
  document.addEventListener('visibilitychange', ask)
  void ask()
  return () => {
    isOver = true
    document.removeEventListener('visibilitychange', ask)
    void lock?.release()
  }
}
