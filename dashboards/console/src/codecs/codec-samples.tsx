import { useEffect, useState } from 'preact/hooks'
import { act } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { c } from '../texts/codecs.ts'
import { type Sample, tryCodec } from './codec-api.ts'

interface CodecSamplesProps {
  source: string
  samples: readonly Sample[]
  onChange: (samples: readonly Sample[]) => void
}

const expectedText = ({ expected }: Pick<Sample, 'expected'>) => (expected === null ? c().refused : JSON.stringify(expected.data))

/** Uplinks with what has to come of them. */
export function CodecSamples({ source, samples, onChange }: CodecSamplesProps) {
  /** What each gave, by name. */
  const [found, setFound] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => setFound(new Map()), [source])
  const checkAll = async () => {
    const given = new Map<string, string>()
    for (const { name, fPort, bytes } of samples) {
      const isDone = await act(async () => {
        const { result } = await tryCodec(source, fPort, bytes, 'hex')
        given.set(name, expectedText({ expected: 'reason' in result ? null : { data: result.data } }))
      })
      if (!isDone) return
      setFound(new Map(given))
    }
  }
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{c().samples}</h2>
        <span class="muted">{c().samplesMean}</span>
        <span class="grow" />
        {samples.length > 0 && (
          <button type="button" class="button" onClick={() => void checkAll()}>
            {c().checkAll}
          </button>
        )}
      </div>
      {samples.length === 0 && <p class="muted">{c().noSamples}</p>}
      {samples.length > 0 && (
        <ScrollTable label={c().samples} titles={c().sampleColumns}>
          {samples.map((sample) => (
            <tr key={sample.name}>
              <th scope="row">{sample.name}</th>
              <td>{sample.fPort}</td>
              <td class="breakable code">{sample.bytes}</td>
              <td class="breakable code">{expectedText(sample)}</td>
              <td class="breakable code">
                <Found found={found.get(sample.name)} expected={expectedText(sample)} />
              </td>
              <td>
                <button type="button" class="button" onClick={() => onChange(samples.filter((each) => each !== sample))}>
                  {c().remove}
                  <span class="unseen"> {sample.name}</span>
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </section>
  )
}

function Found({ found, expected }: { found: string | undefined; expected: string }) {
  if (found === undefined) return <>–</>
  return found === expected ? <>✓ {c().same}</> : <span class="problem">✕ {found}</span>
}
