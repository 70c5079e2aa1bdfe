import { type FleetQuestion, startFleet } from './returning-devices.ts'

// Devices in a process of their own, which does what the one that began it asks.
let fleet: ReturnType<typeof startFleet> | undefined
process.on('message', async (question: FleetQuestion) => {
  if (question === 'figures') process.send?.(fleet?.figures())
  else if (question === 'leave') process.send?.(fleet?.leave() ?? null)
  else if (question === 'finish') process.send?.(await fleet?.finish())
  else fleet = startFleet(question)
})
process.on('disconnect', () => process.exit())
