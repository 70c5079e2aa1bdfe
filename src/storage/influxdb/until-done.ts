/** Work that is tried with each call until it has succeeded; calls at the same time share one try. `forget` lets the next call do it again. */
export function untilDone<T>(work: () => Promise<T>): { (): Promise<T>; forget(): void } {
  let trying: Promise<T> | null = null
  const call = () => {
    if (!trying) {
      const mine = work()
      trying = mine
      mine.catch(() => {
        if (trying === mine) trying = null
      })
    }
    return trying
  }
  return Object.assign(call, {
    forget() {
      trying = null
    },
  })
}
