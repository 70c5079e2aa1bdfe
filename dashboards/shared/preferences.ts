import { signal } from '@preact/signals'
import type { Text } from '../../src/telemetry/point.ts'
import { palettes } from './palette.ts'

export type Theme = keyof typeof palettes
export type Language = 'en' | 'zh'

/** What this browser remembers, for all pages of the product; a blocked storage only means that nothing is remembered. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`console.${key}`)
  } catch {
    return null
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`console.${key}`, value)
  } catch {
    // Private windows may forbid it.
  }
}

export const theme = signal<Theme>('dark')
export const language = signal<Language>('en')

/** Remembered, or else what the device is set to. */
export function usualTheme(): Theme {
  const wanted = recall('theme')
  return wanted === 'light' || wanted === 'dark' ? wanted : matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'
}

export function usualLanguage(): Language {
  const spoken = recall('language')
  return spoken === 'en' || spoken === 'zh' ? spoken : navigator.language.startsWith('zh') ? 'zh' : 'en'
}

export function setTheme(next: Theme): void {
  theme.value = next
  remember('theme', next)
  const root = document.documentElement
  const palette = palettes[next]
  root.dataset.theme = next
  const { states, inks, outline, ...plain } = palette
  for (const [name, colour] of Object.entries(plain)) root.style.setProperty(`--${name}`, colour)
  for (const [name, colour] of Object.entries(states)) root.style.setProperty(`--${name}`, colour)
  for (const [name, colour] of Object.entries(inks)) root.style.setProperty(`--${name}-ink`, colour)
  root.style.setProperty('--outline', outline ?? 'transparent')
}

/** Shows the page in another language; its texts must be there. */
export function speak(next: Language): void {
  language.value = next
  remember('language', next)
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
}

/** A text that came from the server in both languages. */
export const say = (text: Text): string => text[language.value] || text.en || text.zh
