import { parentPort } from 'node:worker_threads'
import { threadData } from '../../thread.ts'
import { CodecInstance, type RunWatch } from './codec-instance.ts'
import { computingTime } from './computing-time.ts'
import {
  type Batch,
  type BatchDone,
  type CallFailure,
  isStopped,
  type Measure,
  ONLY_LOAD,
  type Outcome,
  type ToThread,
  watchFields,
} from './worker-protocol.ts'

/** Interpreters kept; each takes some 300 kB. */
const KEPT = 64

const { watched } = threadData<{ watched: Int32Array }>()
const sources = new Map<number, string>()
/** In order of their last use; a codec that cannot be loaded is kept as its failure. */
const instances = new Map<number, CodecInstance | CallFailure>()
let work: Promise<void> = Promise.resolve()

const turn: RunWatch = {
  begins: () => void Atomics.add(watched, watchFields.turn, 1),
  ended: () => void Atomics.add(watched, watchFields.turn, 1),
}

parentPort?.on('message', (message: ToThread) => {
  work = work.then(async () => {
    if (message.type === 'batch') parentPort?.postMessage(await runBatch(message))
    else {
      sources.delete(message.program)
      instances.delete(message.program)
    }
  })
})

async function runBatch(batch: Batch): Promise<BatchDone> {
  if (batch.source !== null) sources.set(batch.program, batch.source)
  const begun = computingTime()
  const outcomes: Outcome[] = []
  const measures: (Measure | null)[] = []
  Atomics.store(watched, watchFields.batch, batch.id)
  let offset = 0
  for (let at = 0; at < batch.calls.length; at += 3) {
    const [fPort, time, length] = batch.calls.subarray(at, at + 3) as unknown as [number, number, number]
    Atomics.store(watched, watchFields.call, at / 3)
    const end = offset + Math.max(0, length)
    const input = length === ONLY_LOAD ? null : `[${fPort},[${batch.bytes.subarray(offset, end).join()}],${time}]`
    offset = end
    if (batch.isMeasured) instances.delete(batch.program)
    const { outcome, measure } = await runCall(batch.program, input, batch.isMeasured)
    outcomes.push(outcome)
    if (batch.isMeasured) measures.push(measure)
    // Whether the others are still to be run is for the other thread to say.
    if ('reason' in outcome && isStopped(outcome)) break
  }
  return { id: batch.id, outcomes, ms: computingTime() - begun, measures }
}

async function runCall(program: number, input: string | null, isMeasured: boolean): Promise<{ outcome: Outcome; measure: Measure | null }> {
  const instance = instances.get(program) ?? (await load(program))
  if (!(instance instanceof CodecInstance)) return { outcome: instance, measure: null }
  if (input === null) return { outcome: { json: 'null\n[]' }, measure: null }
  instances.delete(program)
  const begun = computingTime()
  const outcome = instance.run(input)
  const ms = computingTime() - begun
  const measure = isMeasured ? { ...instance.memoryUsed(), ms } : null
  if (!instance.isSpoilt && !('reason' in outcome && isStopped(outcome))) keep(program, instance)
  return { outcome, measure }
}

async function load(program: number): Promise<CodecInstance | CallFailure> {
  const instance = await CodecInstance.create(turn)
  const failure = instance.load(sources.get(program) ?? '')
  keep(program, failure ?? instance)
  return failure ?? instance
}

function keep(program: number, instance: CodecInstance | CallFailure): void {
  instances.set(program, instance)
  const [oldest] = instances.keys()
  if (instances.size > KEPT && oldest !== undefined) instances.delete(oldest)
}
