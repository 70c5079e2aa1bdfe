import type { RuleTexts } from '../../../../src/detection/rule.ts'
import type { EffectiveRuleView, OverrideView } from '../../../../src/edges/http/rule-schemas.ts'
import type { RuleView } from '../../../../src/edges/http/schemas.ts'

type RuleChanges = OverrideView['changes']

/** What is in force of a rule, as far as engineers may change it; delays in ms. */
export interface InForce extends Pick<RuleView, 'priority' | 'onDelay' | 'offDelay' | 'modes' | 'hours' | 'parameters'> {
  enabled: boolean
  texts: RuleTexts
}

/** As the kind has it; parameters that follow from rated values are those of the kind's. */
export const usualOf = (rule: RuleView): InForce => ({
  enabled: true,
  priority: rule.priority,
  onDelay: rule.onDelay,
  offDelay: rule.offDelay,
  modes: rule.modes,
  hours: rule.hours,
  parameters: { ...rule.parameters, ...rule.ratedParameters },
  texts: rule,
})

/** As it is for one facility: now, or `usual` as it would be without any change. */
export const inForceOf = (rule: EffectiveRuleView, side: 'value' | 'usual' = 'value'): InForce => ({
  enabled: rule.enabled[side],
  priority: rule.priority[side],
  onDelay: rule.onDelay[side],
  offDelay: rule.offDelay[side],
  modes: rule.modes[side],
  hours: rule.hours[side],
  parameters: Object.fromEntries(rule.parameters.map((one) => [one.name, one[side]])),
  texts: {
    title: rule.texts.title[side],
    cause: rule.texts.cause[side],
    consequence: rule.texts.consequence[side],
    response: rule.texts.response[side],
    timeToAct: rule.texts.timeToAct[side],
  },
})

/** What is in force where `changes` are made, the weakest first. */
export const withChanges = (inForce: InForce, changes: readonly RuleChanges[]): InForce => ({
  ...(Object.assign({}, inForce, ...changes) as InForce),
  parameters: Object.assign({}, inForce.parameters, ...changes.map(({ parameters }) => parameters)),
  texts: Object.assign({}, inForce.texts, ...changes.map(({ texts }) => texts)),
})
