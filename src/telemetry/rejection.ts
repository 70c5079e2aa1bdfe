/** Why a message, or a part of one, did not become readings. The list is closed: counters and help texts are per reason. */
export const rejectionReasons = {
  'unknown-topic': 'The topic is none the service reads; telemetry goes to facilities/{kind}/{id}/telemetry.',
  'reserved-topic': 'The service reports itself on this topic; no client may.',
  'not-allowed': 'The client may not publish on this topic, or not for this facility; its registration says for which it speaks.',
  'unknown-facility':
    'No facility of this kind and id is registered, or the device is bound to none; register it, bind it or correct the topic.',
  'not-behind-gateway': 'The facility is registered, but not behind the gateway that reported it.',
  'payload-too-large': 'The payload is longer than the limit; send smaller batches.',
  'not-utf8': 'The payload is not valid UTF-8.',
  'malformed-json': 'The payload is not valid JSON.',
  'malformed-cbor': 'The payload begins like CBOR and is none, or its maps have other keys than names.',
  'too-deep': 'The JSON is nested deeper than a report can be.',
  'wrong-shape': 'The message is not of the shape its topic asks for; natively {"at": time, "values": {point: value}} or an array of such.',
  'not-decoded': 'Neither the codec of the device profile nor the network server made values of the payload.',
  retained: 'Another broker had kept the message, which may be of any age: such telemetry is only taken with a device time of its own.',
  'codec-suspended':
    'The codec of the profile was stopped too often, at uplinks of this device or of several, and is not run for a while; these values are lost.',
  'bad-time': 'The time is neither milliseconds since 1970 nor an ISO 8601 time.',
  'time-in-future': 'The device time lies further in the future than clocks may differ; set the device clock.',
  'time-too-old': 'The device time lies further in the past than the service accepts; set the device clock.',
  'unknown-point': 'The facility kind has no point of this name.',
  'wrong-type': 'The value is not of the type of its point.',
  'bad-quality': 'The device itself says that the value is bad or stale.',
  'malformed-sparkplug': 'The payload is not Sparkplug B, or has more metrics or longer names than are read.',
  'before-birth': 'The birth of the Sparkplug node or device is not known; the node is asked to send its births again.',
  'unknown-metric': 'The last Sparkplug birth has no such name or alias; the node is asked to send its births again.',
  'out-of-sequence': 'Sparkplug messages are missing or came in another order; the node is asked to send its births again.',
} as const

export type RejectionReason = keyof typeof rejectionReasons

export interface Rejection {
  reason: RejectionReason
  /** What exactly was wrong, with the place in the payload. */
  detail: string
  /** Facility id when it is known, else null. */
  facility: string | null
}

/** Rejections listed for one message; more say nothing new. */
export const MAX_REJECTIONS = 20
