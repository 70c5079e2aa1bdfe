/** Letters as they are told on the telephone (ICAO). */
const names = {
  ...{ A: 'Alfa', B: 'Bravo', C: 'Charlie', D: 'Delta', E: 'Echo', F: 'Foxtrot', G: 'Golf', H: 'Hotel', I: 'India', J: 'Juliett' },
  ...{ K: 'Kilo', L: 'Lima', M: 'Mike', N: 'November', O: 'Oscar', P: 'Papa', Q: 'Quebec', R: 'Romeo', S: 'Sierra', T: 'Tango' },
  ...{ U: 'Uniform', V: 'Victor', W: 'Whiskey', X: 'X-ray', Y: 'Yankee', Z: 'Zulu' },
} as const
const digits = {
  en: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
  zh: [...'零幺二三四五六七八九'],
} as const

/** A number as one says it, sign by sign, in its groups. */
export const readAloud = (number: string, language: 'en' | 'zh'): string =>
  number
    .split('-')
    .map((group) => [...group].map((sign) => spoken(sign, language)).join(' '))
    .join(language === 'zh' ? '，' : ', ')

function spoken(sign: string, language: 'en' | 'zh'): string {
  if (/\d/.test(sign)) return digits[language][Number(sign)] as string
  return language === 'en' ? (names[sign as keyof typeof names] ?? sign) : sign
}
