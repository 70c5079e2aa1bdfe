import { signal } from '@preact/signals'
import { type Palette, palettes } from '../../shared/palette.ts'
import { type Language, language, recall, remember, setTheme, speak, theme, usualLanguage, usualTheme } from '../../shared/preferences.ts'
import type { Texts } from './texts/en.ts'

export { type Language, language, recall, remember, say, setTheme, type Theme, theme } from '../../shared/preferences.ts'

/** Only the language that is shown is loaded. */
const loaders: Record<Language, () => Promise<Texts>> = {
  en: async () => (await import('./texts/en.ts')).en,
  zh: async () => (await import('./texts/zh.ts')).zh,
}
const catalogues: Partial<Record<Language, Texts>> = {}

/** Single-letter keys can be switched off, as speech input and some keyboards trip over them. */
export const keysOn = signal(true)

/** Rejects when the texts cannot be loaded; nothing can be shown then. */
export async function loadSettings(): Promise<void> {
  setTheme(usualTheme())
  keysOn.value = recall('keys') !== 'off'
  await setLanguage(usualLanguage())
}

/** What `t` answers from. */
export async function loadTexts(of: Language): Promise<Texts> {
  const texts = catalogues[of] ?? (await loaders[of]())
  catalogues[of] = texts
  return texts
}

export async function setLanguage(next: Language): Promise<void> {
  const texts = await loadTexts(next)
  speak(next)
  document.title = texts.product
}

export function setKeysOn(on: boolean): void {
  keysOn.value = on
  remember('keys', on ? 'on' : 'off')
}

/** The catalogue of the language chosen; read inside a component it follows a change. */
export const t = (): Texts => catalogues[language.value] as Texts
export const palette = (): Palette => palettes[theme.value]
