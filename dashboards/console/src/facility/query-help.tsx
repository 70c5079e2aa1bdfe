import { p } from '../texts/plant.ts'

/** How a facility query is written; an example can be taken over. */
export function QueryHelp({ onChoose }: { onChoose: (query: string) => void }) {
  return (
    <details class="query-help">
      <summary>{p().queryHelp}</summary>
      <p class="muted">{p().queryHelpText}</p>
      <dl class="facts">
        {p().queryExamples.map(([text = '', meaning]) => (
          <>
            <dt key={text}>
              <button type="button" class="button code" onClick={() => onChoose(text)}>
                {text}
              </button>
            </dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
    </details>
  )
}
