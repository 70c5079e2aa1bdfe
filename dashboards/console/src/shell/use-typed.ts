import type { TargetedEvent } from 'preact'
import { useEffect, useState } from 'preact/hooks'

type Typing = TargetedEvent<HTMLInputElement>

/**
 * For a field that is taken when it is left, or by Enter: what is being typed stays while the page is drawn anew. It follows what others do to
 * its value.
 */
export function useTyped(value: string, onTaken: (text: string) => void) {
  const [typed, type] = useState(value)
  useEffect(() => type(value), [value])
  return {
    value: typed,
    onInput: ({ currentTarget }: Typing) => type(currentTarget.value),
    onChange: ({ currentTarget }: Typing) => onTaken(currentTarget.value),
  }
}
