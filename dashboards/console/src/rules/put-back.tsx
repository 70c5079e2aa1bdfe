import { useState } from 'preact/hooks'
import type { OverrideView, RuleVersionView } from '../../../../src/edges/http/rule-schemas.ts'
import { formatFull } from '../format.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { p } from '../texts/plant.ts'
import { DifferenceList } from './change-list.tsx'
import { type InForce, inForceOf, withChanges } from './in-force.ts'
import type { RuleChanges } from './rule-draft.ts'
import { differences, findRule, scopeWords } from './rule-words.ts'
import { getOverridesOf, getRules, putBackVersion } from './rules-api.ts'

interface PutBackProps {
  version: RuleVersionView
  title: string
  onDone: () => void
}

/** Puts a rule back to what it was after that version, showing first what that changes now. */
export function PutBack({ version, title, onDone }: PutBackProps) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        {p().putBack}…<span class="unseen"> {p().versionOf(version.id, title)}</span>
      </button>
      {open && <PutBackDialog version={version} title={title} onDone={onDone} onClose={() => setOpen(false)} />}
    </>
  )
}

/** What is changed at the place of a version now, and what is in force there when nothing is; only of a facility is that one thing. */
async function askNow({ kind, group, facility, rule }: RuleVersionView): Promise<{ changes: RuleChanges | null; otherwise?: InForce }> {
  const isHere = (one: OverrideView) => one.group === group && one.facility === facility
  if (facility === null) {
    const { items } = await getOverridesOf(kind, rule)
    return { changes: items.find(isHere)?.changes ?? null }
  }
  const { rules, overrides } = await getRules(facility)
  const [own, others] = [
    overrides.find((one) => one.rule === rule && isHere(one)),
    overrides.filter((one) => one.rule === rule && !isHere(one)),
  ]
  const effective = rules.find((one) => one.rule === rule)
  const changes = own?.changes ?? null
  if (!effective) return { changes }
  const otherwise = withChanges(
    inForceOf(effective, 'usual'),
    others.map((one) => one.changes),
  )
  return { changes, otherwise }
}

function PutBackDialog({ version, title, onDone, onClose }: PutBackProps & { onClose: () => void }) {
  const { id, kind, rule, after, at } = version
  const { answer, problem } = useAnswer(() => askNow(version), `${id}`)
  const list = answer ? differences(answer.changes, after, findRule(kind, rule), answer.otherwise) : []
  const send = async (form: FormData) => {
    const done = await act(() => putBackVersion(id, String(form.get('reason'))), p().saved)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={`${p().putBack}: ${title}`} onClose={onClose} {...(list.length > 0 && { confirm: p().putBackTo(id), onConfirm: send })}>
      <p>{p().putBackMeans(scopeWords(version), id, formatFull(at))}</p>
      {problem && <p class="problem">{problem}</p>}
      {!answer && !problem && <p class="muted">{t().loading}</p>}
      {answer && list.length === 0 && <p>{p().putBackSame}</p>}
      {list.length > 0 && (
        <>
          <h3>{p().putBackChanges}</h3>
          <DifferenceList list={list} isNow={answer?.otherwise !== undefined} />
          <ReasonField label={t().reason} />
        </>
      )}
    </Dialog>
  )
}
