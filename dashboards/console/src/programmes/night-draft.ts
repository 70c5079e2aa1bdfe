import type { ControlProgramme, ControlStep } from '../../../../src/control/control-programme.ts'

export const newProgramme: ControlProgramme = {
  ...{ id: '', name: '', nameEn: '' },
  steps: [
    { anchor: 'dusk', minutes: 0, level: 100 },
    { anchor: 'clock', minutes: 23 * 60, level: 50 },
    { anchor: 'clock', minutes: 5 * 60, level: 100 },
    { anchor: 'dawn', minutes: 0, level: 0 },
  ],
}

/** Another anchor begins where it is most often meant: dusk and dawn themselves, midnight by the clock. */
export function withAnchor(step: ControlStep, anchor: ControlStep['anchor']): ControlStep {
  return step.anchor === anchor ? step : { ...step, anchor, minutes: 0 }
}

export const withStep = (draft: ControlProgramme, place: number, step: ControlStep): ControlProgramme => ({
  ...draft,
  steps: draft.steps.map((one, i) => (i === place ? step : one)),
})

/** A step before the last one, which switches off most often. */
export function withOneMore({ steps, ...rest }: ControlProgramme): ControlProgramme {
  const place = Math.max(0, steps.length - 1)
  return { ...rest, steps: steps.toSpliced(place, 0, { anchor: 'clock', minutes: 0, level: 50 }) }
}

export const withoutStep = ({ steps, ...rest }: ControlProgramme, place: number): ControlProgramme => ({
  ...rest,
  steps: steps.toSpliced(place, 1),
})
