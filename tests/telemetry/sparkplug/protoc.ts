import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findProgram } from '../../servers.ts'

/** The encoder of protocol buffers that has nothing to do with ours; undefined where it is not installed. */
export const protoc = findProgram('protoc')

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'sparkplug')

function run(mode: 'encode' | 'decode', input: string | Uint8Array): Buffer {
  const args = [`--${mode}=sparkplug_test.Message`, `--proto_path=${folder}`, 'sparkplug-b.proto']
  const { status, stdout, stderr } = spawnSync(protoc as string, args, { input })
  if (status !== 0) throw new Error(`protoc refused:\n${stderr}\n${input}`)
  return stdout
}

/** Bytes of a message written as text: `sent_at: 1 measurements { name: "a" as_int: 2 }`. */
export const encodeText = (text: string): Uint8Array => new Uint8Array(run('encode', text))
/** A message as text, one field a line. */
export const decodeToText = (bytes: Uint8Array): string => run('decode', bytes).toString()
