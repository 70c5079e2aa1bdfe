/** What is heard: pulses, then quiet; never a sound that goes on. */
export type Signal = 'critical' | 'high' | 'medium' | 'link-lost'

/** One pulse: when it begins and how long it lasts, s; its pitch, Hz. */
export interface Pulse {
  at: number
  length: number
  pitch: number
}

const pulses = (starts: readonly number[], length: number, pitch: number): Pulse[] => starts.map((at) => ({ at, length, pitch }))

/** Shaped after the pulses of IEC 60601-1-8: the more urgent, the more of them, the shorter and the higher. The lost link falls in pitch, as nothing else does. */
export const patterns: Readonly<Record<Signal, readonly Pulse[]>> = {
  critical: pulses([0, 0.26, 0.52, 1.0, 1.26], 0.16, 880),
  high: pulses([0, 0.42, 0.84], 0.22, 660),
  medium: pulses([0], 0.3, 440),
  'link-lost': [
    { at: 0, length: 0.35, pitch: 520 },
    { at: 0.45, length: 0.55, pitch: 260 },
  ],
}

/** A fundamental and four harmonics: heard over noise, by older ears, and found by its direction. */
const harmonics = [0, 1, 0.6, 0.45, 0.3, 0.2]
/** Edges that do not click, s. */
const EDGE = 0.02
const QUIET = 0.0001

/** Sounds one signal; `volume` from 0 to 1. */
export function sound(context: AudioContext, signal: Signal, volume: number): void {
  const wave = context.createPeriodicWave(new Float32Array(harmonics.length), Float32Array.from(harmonics))
  const start = context.currentTime + 0.05
  for (const { at, length, pitch } of patterns[signal]) {
    const from = start + at
    const pulse = context.createOscillator()
    const gain = context.createGain()
    pulse.setPeriodicWave(wave)
    pulse.frequency.value = pitch
    gain.gain.setValueAtTime(QUIET, from)
    gain.gain.exponentialRampToValueAtTime(Math.max(QUIET, volume), from + EDGE)
    gain.gain.setValueAtTime(Math.max(QUIET, volume), from + length - EDGE)
    gain.gain.exponentialRampToValueAtTime(QUIET, from + length)
    pulse.connect(gain).connect(context.destination)
    pulse.start(from)
    pulse.stop(from + length)
  }
}
