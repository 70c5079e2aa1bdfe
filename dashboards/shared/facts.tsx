import type { ComponentChildren } from 'preact'

/** Titles with what is told under each; those of which nothing is told are left out. */
export function Facts({ facts }: { facts: readonly (readonly [title: string, told: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(
        ([title, told]) =>
          told && (
            <>
              <dt>{title}</dt>
              <dd>{told}</dd>
            </>
          ),
      )}
    </dl>
  )
}
