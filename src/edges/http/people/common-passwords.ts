/** What leaked passwords are mostly made of, longest first where one holds another. */
const WORDS = [
  ...[
    'lamplighter',
    'streetlight',
    'administrator',
    'password',
    'passwort',
    'passw',
    'changeme',
    'letmein',
    'welcome',
    'iloveyou',
    'sunshine',
  ],
  ...[
    'princess',
    'football',
    'baseball',
    'superman',
    'starwars',
    'trustno',
    'whatever',
    'computer',
    'internet',
    'monkey',
    'dragon',
    'master',
  ],
  ...['shadow', 'secret', 'michael', 'jordan', 'hunter', 'freedom', 'default', 'service', 'operator', 'engineer', 'dispatcher', 'control'],
  ...['system', 'server', 'access', 'admin', 'login', 'guest', 'hello', 'summer', 'winter', 'spring', 'autumn', 'monday', 'friday', 'test'],
  ...[
    'user',
    'root',
    'pass',
    'love',
    'woaini',
    'wohenhao',
    'mima',
    'nihao',
    'zhongguo',
    'beijing',
    'shanghai',
    'aini',
    '密码',
    '管理员',
    '你好',
  ],
].sort((a, b) => b.length - a.length)

/** Rows of keyboards, alphabet, digits: what fingers run along. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
]
const SHORTEST_RUN = 3
/** What is left of a password without all that must still have so many characters and so many different ones. */
const LEAST_LEFT = 6
const LEAST_DIFFERENT = 4

const LOOKALIKES: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  '5': 's',
  $: 's',
  '7': 't',
}

/** Whether a password is made of common words, runs, years and repetitions, with lookalikes for letters or not, and hardly anything else. */
export function isCommonPassword(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '')
  if (/^(.{1,8}?)\1+.{0,2}$/u.test(plain)) return true
  const spelled = [...plain].map((letter) => LOOKALIKES[letter] ?? letter).join('')
  return [plain, spelled].some((text) => {
    const left = [...withoutRuns(withoutWords(text)).replaceAll(/(?:19|20)\d\d|(.)\1+|[^\p{L}\p{N}]/gu, '')]
    return left.length < LEAST_LEFT || new Set(left).size < LEAST_DIFFERENT
  })
}

const withoutWords = (text: string) => WORDS.reduce((rest, word) => rest.replaceAll(word, ' '), text)

/** Takes out runs along a row, forward or back. */
function withoutRuns(text: string): string {
  const letters = [...text]
  let kept = ''
  for (let i = 0; i < letters.length; ) {
    const length = runAt(letters, i)
    if (length < SHORTEST_RUN) kept += letters[i]
    i += length < SHORTEST_RUN ? 1 : length
  }
  return kept
}

function runAt(letters: readonly string[], from: number): number {
  const lengths = ROWS.flatMap((row) => [row, [...row].reverse().join('')]).map((row) => {
    let length = 1
    while (from + length < letters.length && row.includes(letters.slice(from, from + length + 1).join(''))) length++
    return length
  })
  return Math.max(...lengths)
}
