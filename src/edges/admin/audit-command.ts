import Type from 'typebox'
import { text, value } from '../../command-line.ts'
import { LamplighterError } from '../../errors.ts'
import { headText, parseHead, type VerifiedAudit, verifyAudit } from '../../storage/audit-chain.ts'
import { folderCommand } from './folder-command.ts'

export const auditCommand = folderCommand({
  name: 'audit',
  usage: 'audit [options]',
  about: `Follows the chain of the audit trail and names each record that was changed or is missing.
Prints the head of the chain: note it elsewhere, and give it with --noted later, because who rewrites the whole chain is found by nothing else.
Ends with code 1 when something is not as it was written.`,
  options: { noted: value('ID:HASH', 'a head that was noted earlier and must still be in the chain', undefined, text) },
  check: ({ noted }) => (noted === undefined || parseHead(noted) ? [] : ['--noted is not ID:HASH as this command prints it']),
  ask: ({ noted }) => ({ noted: noted ?? null }),
  asked: Type.Object({ noted: Type.Union([Type.String(), Type.Null()]) }),
  run({ state }, { noted }, { signal, onProgress }): Promise<VerifiedAudit> {
    const chain = state.auditChain()
    if (!chain) {
      throw new LamplighterError(
        'store-unavailable',
        'An older program wrote this state and chained nothing. Start the server once with it.',
      )
    }
    return verifyAudit(chain, {
      noted: noted === null ? undefined : parseHead(noted),
      signal,
      onProgress: (done, total) => onProgress({ doing: 'audit trail', done, total }),
    })
  },
  text: ({ records, head, problems, found }) =>
    [
      ...problems.map(({ record, problem }) => `Record ${record} ${problem}.`),
      ...(found > problems.length ? [`and ${found - problems.length} more.`] : []),
      `${found === 0 ? 'All is as it was written' : `${found} problems`}: ${records} records${head ? `, head ${headText(head)}` : ''}`,
    ].join('\n'),
  hasFailed: ({ found }) => found > 0,
})
