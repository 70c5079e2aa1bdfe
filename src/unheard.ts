/**
 * Logs what failed in work that nobody waits for, instead of ending the program by it: such work stands apart from the road of messages, which
 * catches its own failures, and a city without alarms is worse than a file that was not removed. What is thrown in the middle of a step still
 * ends the program: nobody knows then what is half done, and a start from the journal takes seconds and loses nothing.
 */
export function logUnheard(log: { error(details: object, message: string): void }): void {
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'work that nobody waits for failed; the service goes on'))
}
