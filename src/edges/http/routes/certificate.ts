import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import type { Api, RouteParts } from '../api.ts'
import { time } from '../schema-parts.ts'

const CertificateSchema = Type.Object({
  subject: Type.String(),
  issuer: Type.String(),
  names: Type.String({ description: 'host names and addresses, each with its type' }),
  validFrom: time('from which it counts'),
  validTo: time('at which it ends'),
  fingerprint: Type.String({ description: 'SHA-256' }),
  authority: Type.Object(
    {
      fingerprint: Type.String({ description: 'SHA-256; what a device may pin where the authority is the own one of the service' }),
      pem: Type.String(),
    },
    { description: 'the last certificate that is shown' },
  ),
  daysLeft: Type.Number({ description: 'until the first of all certificates in force ends, those of authorities of devices among them' }),
  problems: Type.Array(Type.String(), { description: 'why new files are not taken' }),
})

/** The certificate that is shown to devices and consoles. */
export function certificateRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/certificate',
    { schema: { tags: ['operation'], summary: 'The certificate of MQTT and HTTPS with TLS', response: { 200: CertificateSchema } } },
    () => {
      const certificate = services.certificate()
      if (!certificate) throw new LamplighterError('not-found', 'Nothing is served with TLS; MQTT_TLS and HTTP_TLS turn it on.')
      return certificate
    },
  )
}
