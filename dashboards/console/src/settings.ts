import { signal } from '@preact/signals'
import type { Text } from '../../../src/telemetry/point.ts'
import { type Palette, palettes } from './palette.ts'
import type { Texts } from './texts/en.ts'

export type Theme = keyof typeof palettes
export type Language = 'en' | 'zh'

/** Only the language that is shown is loaded. */
const loaders: Record<Language, () => Promise<Texts>> = {
  en: async () => (await import('./texts/en.ts')).en,
  zh: async () => (await import('./texts/zh.ts')).zh,
}
const catalogues: Partial<Record<Language, Texts>> = {}

/** What this browser remembers; a blocked storage only means that nothing is remembered. */
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
/** Single-letter keys can be switched off, as speech input and some keyboards trip over them. */
export const keysOn = signal(true)

/** Rejects when the texts cannot be loaded; nothing can be shown then. */
export async function loadSettings(): Promise<void> {
  const wanted = recall('theme')
  setTheme(wanted === 'light' || wanted === 'dark' ? wanted : matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark')
  const spoken = recall('language')
  keysOn.value = recall('keys') !== 'off'
  await setLanguage(spoken === 'en' || spoken === 'zh' ? spoken : navigator.language.startsWith('zh') ? 'zh' : 'en')
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

/** What `t` answers from. */
export async function loadTexts(of: Language): Promise<Texts> {
  const texts = catalogues[of] ?? (await loaders[of]())
  catalogues[of] = texts
  return texts
}

export async function setLanguage(next: Language): Promise<void> {
  const texts = await loadTexts(next)
  language.value = next
  remember('language', next)
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
  document.title = texts.product
}

export function setKeysOn(on: boolean): void {
  keysOn.value = on
  remember('keys', on ? 'on' : 'off')
}

/** The catalogue of the language chosen; read inside a component it follows a change. */
export const t = (): Texts => catalogues[language.value] as Texts
/** A text that came from the server in both languages. */
export const say = (text: Text): string => text[language.value] || text.en || text.zh
export const palette = (): Palette => palettes[theme.value]
