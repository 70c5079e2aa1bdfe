import { useEffect, useState } from 'preact/hooks'

/** A value once it has stayed as it is for so long, ms: what is asked about it while somebody types would be out of date at once. */
export function useSettled<T>(value: T, key: string, pause: number): T {
  const [settled, settle] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => settle(value), pause)
    return () => clearTimeout(timer)
  }, [key])
  return settled
}
