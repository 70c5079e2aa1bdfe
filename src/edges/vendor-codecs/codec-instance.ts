import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import quickJs from '@jitl/quickjs-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core'
import { computingTime } from './computing-time.ts'
import { CODEC_FILE, FIND_DECODER, FIND_ENCODER, GUEST, outcomeMarks, STACK_MARK } from './guest.ts'
import { CPU_LIMIT, MEMORY_LIMIT, MEMORY_PAGES, STACK_LIMIT } from './limits.ts'
import { MemoryImage } from './memory-image.ts'
import type { CallFailure, Outcome } from './worker-protocol.ts'

// Its types are of its CommonJS form, where this is a field of the module.
const variant = quickJs as unknown as QuickJSSyncVariant
const require = createRequire(import.meta.url)
const interpreter = new WebAssembly.Module(readFileSync(require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')))

/** Told before the codec's own code runs and after, so that the other thread can see that it does not come back. */
export interface RunWatch {
  begins(): void
  ended(): void
}

/**
 * One codec in an interpreter and a linear memory of its own. After each call the memory is again what it was when the codec had been loaded, so
 * that no call knows of another. Unusable when `isSpoilt`.
 */
export class CodecInstance {
  readonly #context: QuickJSContext
  readonly #memory: WebAssembly.Memory
  readonly #watch: RunWatch
  readonly #tell: QuickJSHandle
  readonly #bind: QuickJSHandle
  #decode: QuickJSHandle | null = null
  #image: MemoryImage | null = null
  #cpuAtBegin = 0
  #isInterrupted = false
  isSpoilt = false

  static async create(watch: RunWatch): Promise<CodecInstance> {
    const memory = new WebAssembly.Memory(MEMORY_PAGES)
    const settings = { wasmModule: interpreter, emscriptenModule: { wasmMemory: memory, print: () => {}, printErr: () => {} } }
    const engine = await newQuickJSWASMModuleFromVariant(newVariant(variant, settings))
    return new CodecInstance(engine.newRuntime({ memoryLimitBytes: MEMORY_LIMIT, maxStackSizeBytes: STACK_LIMIT }), memory, watch)
  }

  private constructor(runtime: QuickJSRuntime, memory: WebAssembly.Memory, watch: RunWatch) {
    this.#memory = memory
    this.#watch = watch
    this.#context = runtime.newContext()
    const guest = this.#context.unwrapResult(this.#context.evalCode(GUEST, 'guest.js', { type: 'global' }))
    this.#tell = this.#context.getProp(guest, 'tell')
    this.#bind = this.#context.getProp(guest, 'bind')
    runtime.setInterruptHandler(() => {
      this.#isInterrupted ||= computingTime() - this.#cpuAtBegin > CPU_LIMIT
      return this.#isInterrupted
    })
  }

  /** Runs the codec's source once; null, or why it cannot be used. Called once, before all else. */
  load(source: string): CallFailure | null {
    const failure = this.#guarded<CallFailure | null>((context) => {
      const loaded = context.evalCode(source, CODEC_FILE, { type: 'global' })
      if (loaded.error) return this.#failureOf(loaded.error)
      loaded.value.dispose()
      const name = context.unwrapResult(context.evalCode(FIND_DECODER, 'guest.js', { type: 'global' }))
      const found = context.getString(name)
      if (found === '') return { reason: 'codec-invalid', error: 'It defines no function decodeUplink, Decode or Decoder.', line: null }
      const decode = context.unwrapResult(context.evalCode(found, 'guest.js', { type: 'global' }))
      const encode = context.unwrapResult(context.evalCode(FIND_ENCODER, 'guest.js', { type: 'global' }))
      this.#decode = context.unwrapResult(context.callFunction(this.#bind, context.undefined, decode, name, encode))
      return null
    })
    if (failure === null && this.#isInterrupted) return interrupted()
    if (failure?.reason === 'codec-error') return { ...failure, reason: 'codec-invalid' }
    if (failure === null) this.#image = new MemoryImage(this.#memory)
    return failure
  }

  /** `input`: `[fPort, [byte, ...], ms]` as JSON. */
  run(input: string): Outcome {
    const decode = this.#decode
    if (decode === null || this.isSpoilt) throw new Error('the codec is not loaded')
    const outcome = this.#guarded<Outcome>((context) => {
      const given = context.newString(input)
      const result = context.callFunction(decode, context.undefined, given)
      given.dispose()
      if (result.error) return this.#failureOf(result.error)
      const text = context.getString(result.value)
      result.value.dispose()
      return readOutcome(text)
    })
    if (!this.isSpoilt) this.#image?.restore()
    return outcome
  }

  /** Bytes the last call has touched beyond what the codec takes once loaded, and those that it takes. Good until the next call. */
  memoryUsed(): { loaded: number; touched: number } {
    return { loaded: this.#image?.heapBytes ?? 0, touched: this.#image?.touchedBeyond() ?? 0 }
  }

  #guarded<T>(work: (context: QuickJSContext) => T): T | CallFailure {
    this.#isInterrupted = false
    this.#cpuAtBegin = computingTime()
    this.#watch.begins()
    try {
      return work(this.#context)
    } catch (error) {
      // A trap of WebAssembly or the end of this thread's stack leaves the interpreter in the middle of something.
      this.isSpoilt = true
      if (this.#isInterrupted) return interrupted()
      return {
        reason: 'codec-error',
        error: `It brought the interpreter down: ${error instanceof Error ? error.message : error}`,
        line: null,
      }
    } finally {
      this.#watch.ended()
    }
  }

  #failureOf(error: QuickJSHandle): CallFailure {
    if (this.#isInterrupted) {
      this.isSpoilt = true
      return interrupted()
    }
    const told = this.#context.callFunction(this.#tell, this.#context.undefined, error)
    error.dispose()
    if (told.error) {
      this.isSpoilt = true
      return this.#isInterrupted ? interrupted() : { reason: 'codec-memory', error: outOfMemory, line: null }
    }
    const text = this.#context.getString(told.value)
    told.value.dispose()
    return readOutcome(text) as CallFailure
  }
}

const outOfMemory = `It was stopped at ${MEMORY_LIMIT / 1_048_576} MB of memory.`

const interrupted = (): CallFailure => ({
  reason: 'codec-timeout',
  error: `It was stopped after ${CPU_LIMIT} ms of computing.`,
  line: null,
})

function readOutcome(text: string): Outcome {
  const rest = text.slice(1)
  if (text[0] === outcomeMarks.data) return { json: rest }
  if (text[0] === outcomeMarks.result) return { reason: 'codec-result', error: sentence(rest), line: null }
  const [message = '', stack = ''] = rest.split(STACK_MARK)
  if (message === 'InternalError: out of memory') return { reason: 'codec-memory', error: outOfMemory, line: null }
  const line = stack.match(/codec\.js:(\d+)/)?.[1]
  return { reason: 'codec-error', error: message, line: line === undefined ? null : Number(line) }
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
