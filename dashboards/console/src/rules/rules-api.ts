import type { Static } from 'typebox'
import type {
  FacilityRulesView,
  GroupDetailSchema,
  GroupInput,
  GroupView,
  OverrideInput,
  OverrideView,
  RuleVersionPageView,
  RuleVersionView,
} from '../../../../src/edges/http/rule-schemas.ts'
import { get, id, request } from '../live/api.ts'

export type GroupDetail = Static<typeof GroupDetailSchema>

export const getRules = (facility: string) => get<FacilityRulesView>(`/api/facilities/${id(facility)}/rules`)
export const getGroups = () => get<{ items: GroupView[] }>('/api/groups')
export const getGroup = (name: string) => get<GroupDetail>(`/api/groups/${id(name)}`)
export const putGroup = (name: string, input: GroupInput) => request<GroupDetail>('PUT', `/api/groups/${id(name)}`, input)
export const removeGroup = (name: string, reason: string) =>
  request<void>('DELETE', `/api/groups/${id(name)}?${new URLSearchParams({ reason })}`)

export const getOverrides = (limit: number, before?: string | number) =>
  get<{ items: OverrideView[]; next: number | null }>('/api/overrides', { limit, before })
export const getOverridesOf = (kind: string, rule: string) => get<{ items: OverrideView[] }>('/api/overrides', { kind, rule, limit: 500 })
export const putOverride = (input: OverrideInput) => request<OverrideView>('PUT', '/api/overrides', input)
export const removeOverride = (override: number, reason: string) =>
  request<void>('DELETE', `/api/overrides/${override}?${new URLSearchParams({ reason })}`)

/** What a list of versions is narrowed down to; a place is the kind, one of its groups, or a facility. */
export interface VersionFilter {
  kind?: string | undefined
  rule?: string | undefined
  group?: string | undefined
  facility?: string | undefined
}

export const getRuleVersions = (filter: VersionFilter, limit: number, before?: string | number) =>
  get<RuleVersionPageView>('/api/rules/versions', { ...filter, limit, before })
export const putBackVersion = (version: number, reason: string) =>
  request<RuleVersionView>('POST', `/api/rules/versions/${version}/revert`, { reason })
