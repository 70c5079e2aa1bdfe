import Type from 'typebox'
import type { Api, RouteParts } from '../api.ts'
import { nullable } from '../schema-parts.ts'

export const ReportContactSchema = Type.Object({
  url: nullable(Type.String({ description: 'of the page on which citizens report; null: PUBLIC_URL is not set' })),
  phone: nullable(Type.String({ description: 'null: REPORT_PHONE is not set' })),
})

/** What is printed with the codes of poles. */
export function reportContactRoutes(app: Api, { reportContact }: RouteParts): void {
  const summary = 'How citizens reach the desk: address of their page, telephone'
  app.get('/api/report-contact', { schema: { tags: ['orders'], summary, response: { 200: ReportContactSchema } } }, () => reportContact)
}
