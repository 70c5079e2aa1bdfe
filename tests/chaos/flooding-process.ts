import { connect } from 'node:net'

export interface FloodOrder {
  port: number
  /** What each socket sends first. */
  head: number[]
  sockets: number
  /** Of each socket. */
  bytes: number
  /** ms; a socket that is closed is followed by a new one. */
  length: number
}

const BLOCK = Buffer.alloc(1_048_576)

/** Sends until everything is sent or the broker has closed. */
async function flood({ port, head, bytes }: FloodOrder): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.resume()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(Buffer.from(head))
  while (!socket.destroyed && socket.bytesWritten < bytes) {
    if (!socket.write(BLOCK)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed])
  }
  socket.destroy()
  await closed
}

const order: FloodOrder = JSON.parse(process.argv[2] as string)
const end = performance.now() + order.length
await Promise.all(
  Array.from({ length: order.sockets }, async () => {
    do await flood(order)
    while (performance.now() < end)
  }),
)
process.exit()
