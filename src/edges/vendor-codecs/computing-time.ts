/** ms this thread has computed, which unlike the time that passes does not count others that have its processor. */
export function computingTime(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
