import { parseArgs } from 'node:util'
import { parseIso } from './telemetry/iso-time.ts'

export const EXIT_BAD_ARGUMENTS = 2

interface Option<T> {
  help: string
  /** What stands for the value in the help; absent for a flag. */
  placeholder?: string
  many: boolean
  initial: T
  /** Throws with what is wrong, to be read after the option's name. */
  parse(text: string): unknown
}

export type Options = Record<string, Option<unknown>>
export type Values<O extends Options> = { [K in keyof O]: O[K]['initial'] }

export interface Command<O extends Options> {
  /** "npm run replay -- FILE [options]" */
  usage: string
  about: string
  options: O
  /** Positional arguments taken, at least and at most. */
  positionals?: readonly [min: number, max: number]
  examples?: readonly string[]
}

/** A flag: present or not. */
export const flag = (help: string): Option<boolean> => ({ help, many: false, initial: false, parse: () => true })

/** One value; `initial` when it is not given. */
export const value = <T, I extends T | undefined>(
  placeholder: string,
  help: string,
  initial: I,
  parse: (text: string) => T,
): Option<T | I> => ({ help, placeholder, many: false, initial, parse })

/** May be given several times. */
export const list = <T>(placeholder: string, help: string, parse: (text: string) => T): Option<T[]> => ({
  help,
  placeholder,
  many: true,
  initial: [],
  parse,
})

/** Reads a command line. Every problem is in `problems`, not only the first. */
export function readArguments<O extends Options>(
  command: Command<O>,
  args: readonly string[],
): { values: Values<O>; positionals: string[]; problems: string[] } {
  const problems: string[] = []
  const positionals: string[] = []
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(command.options).map(([name, { initial, many }]) => [name, many ? [] : initial]),
  )
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { placeholder }]) => [
      name,
      { type: placeholder ? ('string' as const) : ('boolean' as const) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(command.options, token.name) ? command.options[token.name] : undefined
    if (!option) problems.push(`unknown option ${token.rawName}`)
    else take(token, option, values, problems)
  }
  const [min, max] = command.positionals ?? [0, 0]
  if (positionals.length < min) problems.push(`${min === 1 ? 'a file is' : `${min} files are`} missing`)
  if (positionals.length > max) problems.push(`unexpected: ${positionals.slice(max).join(' ')}`)
  return { values: values as Values<O>, positionals, problems }
}

interface OptionToken {
  name: string
  rawName: string
  value?: string | undefined
  inlineValue?: boolean | undefined
}

function take(token: OptionToken, option: Option<unknown>, values: Record<string, unknown>, problems: string[]): void {
  const { name, rawName, value: text, inlineValue } = token
  if (!option.placeholder) {
    if (text !== undefined) problems.push(`${rawName} takes no value`)
    values[name] = true
    return
  }
  // The parser takes whatever follows as the value, the next option too.
  if (text === undefined || (!inlineValue && text.startsWith('--'))) {
    problems.push(`${rawName} needs a value: ${option.placeholder}`)
    return
  }
  try {
    const parsed = option.parse(text)
    if (option.many) (values[name] as unknown[]).push(parsed)
    else values[name] = parsed
  } catch (error) {
    problems.push(`${rawName} ${JSON.stringify(text)}: ${error instanceof Error ? error.message : error}`)
  }
}

export function helpText<O extends Options>({ usage, about, options, examples = [] }: Command<O>): string {
  const rows = Object.entries({ ...options, help: flag('print this') }).map(([name, { placeholder, help, many, initial }]) => {
    const normal = placeholder === 'TIME' && typeof initial === 'number' ? `${initial / 1000}s` : initial
    const shown = initial === undefined || many || !placeholder ? '' : ` [${normal}]`
    return `  ${`--${name}${placeholder ? ` ${placeholder}` : ''}`.padEnd(30)} ${help}${shown}${many ? ' (repeatable)' : ''}`
  })
  return [
    `Usage: ${usage}`,
    '',
    about,
    '',
    'Options:',
    ...rows,
    ...(examples.length > 0 ? ['', 'Examples:', ...examples.map((e) => `  ${e}`)] : []),
  ].join('\n')
}

/** Reads the process's command line, or the part given; prints the help and ends, or all problems and ends with code 2, where that is due. */
export function readCommandLine<O extends Options>(
  command: Command<O>,
  check: (values: Values<O>, positionals: string[]) => string[] = () => [],
  args: readonly string[] = process.argv.slice(2),
): { values: Values<O>; positionals: string[] } {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(helpText(command))
    process.exit(0)
  }
  const { values, positionals, problems } = readArguments(command, args)
  if (problems.length === 0) problems.push(...check(values, positionals))
  if (problems.length > 0) failWith(problems)
  return { values, positionals }
}

/** Prints problems, one a line, and ends the process as bad arguments do. */
export function failWith(problems: readonly string[]): never {
  console.error([...problems.map((problem) => `- ${problem}`), 'See --help.'].join('\n'))
  process.exit(EXIT_BAD_ARGUMENTS)
}

export const text = (given: string) => given

export function number(min: number, max: number, whole = false): (text: string) => number {
  return (given) => {
    const parsed = given.trim() === '' ? Number.NaN : Number(given)
    if (!(parsed >= min && parsed <= max) || (whole && !Number.isInteger(parsed))) {
      throw new Error(`must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`)
    }
    return parsed
  }
}

export const port = number(0, 65_535, true)

export function oneOf<const T extends string>(choices: readonly T[]): (text: string) => T {
  return (given) => {
    const found = choices.find((choice) => choice === given)
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
    return found
  }
}

const units: Record<string, number> = { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** "20s", "5min", "1.5h", "2d", "250ms" to ms. */
export function duration(given: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|min|m|h|d)$/.exec(given) ?? []
  if (amount === undefined || unit === undefined) throw new Error('must be a time like 20s, 5min, 1h')
  return Number(amount) * (units[unit] as number)
}

/** 75 s as "1m15s", for a column. */
export function shortTime(ms: number): string {
  const whole = Math.round(ms / 1000)
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join('') || '0s'
}

/** An ISO 8601 time with a zone, to ms since 1970. */
export function moment(given: string): number {
  const at = /(Z|[+-]\d\d:?\d\d)$/.test(given) ? parseIso(given) : Number.NaN
  if (Number.isNaN(at)) throw new Error('must be a time with its zone, like 2026-01-31T18:00:00+08:00')
  return at
}

/** "x1000" or "1000". */
export const speed = (given: string) => number(0.01, 100_000)(given.replace(/^x/, ''))

export function mqttUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (!url || !['mqtt:', 'mqtts:', 'tcp:', 'ws:', 'wss:'].includes(url.protocol)) throw new Error('must be like mqtt://127.0.0.1:1883')
  return given
}

/** "a=1,b=2" to pairs. */
export function pairs(given: string): Map<string, string> {
  const parts = given.split(',').map((part) => part.split(/=(.*)/s))
  for (const [key, text] of parts) if (!key?.trim() || text === undefined) throw new Error('must be name=value pairs with commas between')
  return new Map(parts.map(([key, text]) => [(key as string).trim(), (text as string).trim()]))
}
