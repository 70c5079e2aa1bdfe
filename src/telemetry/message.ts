/** An MQTT message as it came in; `position` counts messages since the installation began. */
export interface Message {
  position: number
  received: number
  topic: string
  payload: Uint8Array
}
