import type {
  CodecDetailView,
  CodecDraftView,
  CodecListView,
  CodecTrialView,
  CodecVersionsView,
  CodecVersionView,
} from '../../../../src/edges/http/codec-schemas.ts'
import { get, id, request } from '../live/api.ts'

type Cursor = string | number | undefined

export type Listed = CodecListView['items'][number]
export type Sample = CodecDetailView['samples'][number]
export type Encoding = 'hex' | 'base64'

export const getCodecs = (limit: number, after: Cursor) => get<CodecListView>('/api/vendor-codecs', { limit, after })
export const getCodec = (codec: string) => get<CodecDetailView>(`/api/vendor-codecs/${id(codec)}`)
export const putCodec = (codec: string, draft: CodecDraftView) => request<CodecDetailView>('PUT', `/api/vendor-codecs/${id(codec)}`, draft)
export const removeCodec = (codec: string, reason: string) =>
  request<void>('DELETE', `/api/vendor-codecs/${id(codec)}?${new URLSearchParams({ reason })}`)
export const getVersions = (codec: string, limit: number, before: Cursor) =>
  get<CodecVersionsView>(`/api/vendor-codecs/${id(codec)}/versions`, { limit, before })
export const getVersion = (codec: string, version: number) => get<CodecVersionView>(`/api/vendor-codecs/${id(codec)}/versions/${version}`)
export const tryCodec = (source: string, fPort: number, bytes: string, encoding: Encoding) =>
  request<CodecTrialView>('POST', '/api/vendor-codecs/try', { source, fPort, bytes, encoding })
