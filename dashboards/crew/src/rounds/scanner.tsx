import { useEffect, useRef, useState } from 'preact/hooks'
import { r } from './rounds-texts.ts'

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
type Detectors = new (options: { formats: string[] }) => Detector

const detectors = (): Detectors | undefined => (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector
/** Chrome on Android reads codes by itself; elsewhere the camera of the phone does, and opens the page of the label. */
export const canScan = (): boolean => detectors() !== undefined && 'mediaDevices' in navigator

/** ms between two looks at the picture. */
const LOOK = 200

/** Reads the first code that the camera sees. */
export function Scanner({ onCode, onClose }: { onCode: (text: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const [isRefused, refuse] = useState(false)
  useEffect(() => {
    const Detector = detectors()
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const stop = () => {
      isOver = true
      clearTimeout(timer)
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
    const look = async (detector: Detector) => {
      if (isOver || !video.current) return
      const [found] = await detector.detect(video.current).catch(() => [])
      if (isOver) return
      if (found) {
        stop()
        onCode(found.rawValue)
      } else timer = setTimeout(() => void look(detector), LOOK)
    }
    const start = async () => {
      if (!Detector) return refuse(true)
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
        if (isOver || !video.current) return stop()
        video.current.srcObject = stream
        await video.current.play()
        await look(new Detector({ formats: ['qr_code'] }))
      } catch {
        refuse(true)
      }
    }
    void start()
    return stop
  }, [])
  return (
    <div class="scanner">
      {isRefused ? <p role="alert">{r().noCamera}</p> : <video ref={video} muted playsInline aria-label={r().byCode} />}
      <button type="button" class="button wide" onClick={onClose}>
        {r().stopScan}
      </button>
    </div>
  )
}
