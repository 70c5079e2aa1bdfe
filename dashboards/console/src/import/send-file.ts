import { ApiProblem, session } from '../live/api.ts'

/** No file takes longer than this to send, ms. */
const PATIENCE = 15 * 60_000

/** Sends a file as a body; `onProgress` is told the share sent, which fetch would not tell. Options that are empty are left out. */
export function sendFile<T>(
  path: string,
  file: File,
  options: Readonly<Record<string, string>>,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  const given = Object.entries({ name: file.name, ...options }).filter(([, value]) => value !== '')
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest()
    sending.open('POST', `${path}?${new URLSearchParams(given)}`)
    sending.responseType = 'json'
    sending.timeout = PATIENCE
    sending.setRequestHeader('accept', 'application/json')
    sending.setRequestHeader('content-type', file.type || 'application/octet-stream')
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    sending.onload = () => {
      const answer = sending.response as (T & { title?: string; detail?: string; code?: string }) | null
      if (sending.status < 300 && answer) return resolve(answer)
      if (sending.status === 401) session.value = null
      reject(new ApiProblem(sending.status, answer?.code ?? 'unknown', answer?.title ?? sending.statusText, answer?.detail ?? ''))
    }
    sending.onerror = sending.ontimeout = () => reject(new ApiProblem(0, 'unreachable', '', ''))
    sending.onabort = () => reject(new DOMException('', 'AbortError'))
    signal.addEventListener('abort', () => sending.abort())
    sending.send(file)
  })
}
