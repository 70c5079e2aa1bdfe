import type { Ref } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { c } from '../texts/codecs.ts'

interface SourceEditorProps {
  area: Ref<HTMLTextAreaElement>
  source: string
  onChange: (source: string) => void
}

/** Plain text with the numbers of its lines beside it, which move with it. */
export function SourceEditor({ area, source, onChange }: SourceEditorProps) {
  const id = useId()
  const numbers = useRef<HTMLPreElement>(null)
  return (
    <>
      <label for={id}>{c().source}</label> <span class="muted small">{c().sourceMeans}</span>
      <div class="source-editor">
        <pre ref={numbers} class="line-numbers" aria-hidden="true">
          {source
            .split('\n')
            .map((_, i) => i + 1)
            .join('\n')}
        </pre>
        <textarea
          ref={area}
          id={id}
          wrap="off"
          spellcheck={false}
          autocapitalize="off"
          rows={20}
          value={source}
          onInput={(event) => onChange(event.currentTarget.value)}
          onScroll={(event) => {
            if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop
          }}
        />
      </div>
    </>
  )
}
