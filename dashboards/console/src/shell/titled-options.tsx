import type { Text } from '../../../../src/telemetry/point.ts'
import { say } from '../settings.ts'

/** The options of a choice among things that have a key and a title. */
export function TitledOptions({ of }: { of: Iterable<{ key: string; title: Text }> }) {
  return (
    <>
      {[...of].map(({ key, title }) => (
        <option key={key} value={key}>
          {say(title)}
        </option>
      ))}
    </>
  )
}
