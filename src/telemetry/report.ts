import type { PointTable } from './point.ts'

/** What the telemetry road must know of a facility. The number is small, stable and never reused. */
export interface ReportingFacility {
  readonly id: string
  readonly number: number
  readonly kind: {
    readonly key: string
    readonly table: PointTable
    /** Whatever it passes on for others is a sign of its own life. */
    readonly relays?: boolean
    /** No gateway reports for it. */
    readonly reportsItself?: boolean
  }
  /** Id of the gateway that may report for this facility. */
  readonly gateway: string | null
}

/** `bad`: the value is physically impossible, so it says something of the sensor and nothing of the process. */
export type Quality = 'good' | 'bad'

/** The value of one point; `point` is the index in the kind's table, `value` as `encodeValue` gives it. */
export interface Reading {
  point: number
  value: number
  quality: Quality
}

/** Readings one facility took at one moment. Times are ms since 1970: `at` by the device's clock, `received` by ours. */
export interface Report {
  facility: ReportingFacility
  at: number
  received: number
  readings: Reading[]
  /** A person took them, for example in a laboratory: no sign of life of the facility, and nothing of its clock. */
  entered?: true
}

/** What another system says of a condition that it judges itself. Times are ms since 1970: `at` by its clock, `received` by ours. */
export interface ToldCondition {
  facility: ReportingFacility
  /** Of the kind, that stands for such conditions, and which of them it is. */
  rule: string
  instance: string
  active: boolean
  at: number
  received: number
  /** In the words of the other system; empty where it says nothing. */
  title: string
  cause: string
  response: string
}

/** What a last will or a greeting says of a facility's link. */
export interface LinkStatus {
  facility: ReportingFacility
  online: boolean
  received: number
}
