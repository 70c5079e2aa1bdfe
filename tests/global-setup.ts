import { build } from 'vite'

/** Browser tests look at the console as it is now, so it is built once before all tests. */
export default async function setup(): Promise<void> {
  await build({ logLevel: 'warn' })
}
