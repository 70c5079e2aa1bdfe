import type { AlarmSamples, SampledActivation } from '../alarms/alarm-samples.ts'

/** An activation whose samples are still to be kept. */
export interface DueSamples extends SampledActivation {
  facility: string
  kind: string
  /** When they are looked for next, ms. */
  due: number
  /** How often that failed. */
  tries: number
}

/** What is kept of one activation; `samples` null while they are awaited. */
export interface KeptSamples {
  activated: number
  due: number
  tries: number
  samples: AlarmSamples | null
}

/** Samples that prove alarms. They go with their alarm. Calls belong to the caller's transaction. */
export interface SampleStore {
  /** Asks for the samples of an activation, once; drops older ones than the first and the newest `MAX_SAMPLED` - 1 of its alarm. */
  request(activation: SampledActivation, due: number): void
  /** Those due up to `now`, the longest due first. */
  due(now: number, limit: number): DueSamples[]
  /** How many are awaited. */
  awaited(): number
  postpone(alarm: number, activated: number, due: number): void
  keep(alarm: number, activated: number, samples: AlarmSamples): void
  /** Removes up to `limit` of activations before `before`, ms. */
  prune(before: number, limit: number): void
  /** Newest activation first. */
  of(alarm: number): KeptSamples[]
}
