import { language } from '../settings.ts'

/** What it is called in the language chosen. */
export const nameOf = ({ name, nameEn }: { name: string; nameEn: string }): string => (language.value === 'en' && nameEn) || name
