import type { FacilityState } from '../../src/edges/http/schemas.ts'

/** What a symbol can say, worst first; drawn in reverse so that the worst lies on top. */
export const symbolStates = [
  'critical',
  'high',
  'medium',
  'low',
  'no-report',
  'out-of-service',
  'normal',
] as const satisfies readonly FacilityState[]

/** Outlines in a box of 24 x 24; shape alone tells the states apart in black and white. */
export const shapes: Record<FacilityState, string> = {
  critical: 'M12 1 23 12 12 23 1 12Z',
  high: 'M12 2 23 21.5H1Z',
  medium: 'M3 3H21V21H3Z',
  low: 'M12 2a10 10 0 1 1 0 20a10 10 0 1 1 0-20Z',
  'no-report': 'M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16ZM5.5 18.5 18.5 5.5',
  'out-of-service': 'M6 6 18 18M18 6 6 18',
  normal: 'M12 8a4 4 0 1 1 0 8a4 4 0 1 1 0-8Z',
}

/** States drawn by their line instead of their area. */
export const hollow: Partial<Record<FacilityState, true>> = { 'no-report': true, 'out-of-service': true }

/** The number beside the symbol. */
export const numbers: Partial<Record<FacilityState, string>> = { critical: '1', high: '2', medium: '3', low: '4' }

export interface Palette {
  ground: string
  panel: string
  text: string
  muted: string
  line: string
  /** Drawn around every symbol, or null where the fill stands out by itself. */
  outline: string | null
  states: Record<FacilityState, string>
  /** Colour of the number on the symbol. */
  inks: Record<'critical' | 'high' | 'medium' | 'low', string>
  /** Bar that says the values are old: its ground; its text is always `dark`. */
  warning: string
}

export const dark = '#14181c'

/** Grey ground, colour only for what is abnormal. */
export const palettes: Record<'dark' | 'light', Palette> = {
  dark: {
    ground: '#23272b',
    panel: '#2c3136',
    text: '#d9dee3',
    muted: '#a3abb3',
    line: '#434a51',
    outline: null,
    states: {
      critical: '#ff4b44',
      high: '#ff9f33',
      medium: '#ffe94d',
      low: '#4a9bff',
      'no-report': '#ffffff',
      'out-of-service': '#a3abb3',
      normal: '#8b949d',
    },
    inks: { critical: dark, high: dark, medium: dark, low: dark },
    warning: '#ffe94d',
  },
  light: {
    ground: '#d5d8da',
    panel: '#e6e8ea',
    text: '#14181c',
    muted: '#454c53',
    line: '#adb3b8',
    outline: dark,
    states: {
      critical: '#d0021b',
      high: '#f08a00',
      medium: '#ffe14a',
      low: '#0b57c2',
      'no-report': '#14181c',
      'out-of-service': '#454c53',
      normal: '#6d757d',
    },
    inks: { critical: '#ffffff', high: dark, medium: dark, low: '#ffffff' },
    warning: '#ffe14a',
  },
}
