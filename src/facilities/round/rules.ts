import type { RuleBuilders } from '../../detection/builders.ts'
import { advise } from '../writing.ts'
import type { RoundPoint, RoundRated } from './points.ts'

const late = advise(
  ['Round is late', '巡查作业超时未完成'],
  30,
  ['Nobody went, somebody is held up, or a phone without a network has not told of it yet.', '无人前往、途中受阻，或手机无网络尚未上传。'],
  ['What the round is for waits: disinfection, a look at a station, a patrol of a key area.', '消杀、检查或重点区域巡查未落实。'],
  ['Call the crew that has the round: where are they, and what holds them up?', '联系负责班组，了解位置和原因。'],
  ['Send others where they cannot go.', '无法前往时另派人员。'],
)
const missed = advise(
  ['Round was missed', '巡查作业漏做'],
  60,
  ['Its time passed before enough of its stops were visited.', '规定时间内未走完应到点位。'],
  ['The duty was not done; a fault that no sensor sees may have gone unseen.', '职责未落实，无传感器的故障可能未被发现。'],
  ['Have the next round walked on time, or send somebody now.', '确保下一次按时完成，或立即派人补做。'],
  ['Write down why it was missed.', '记录漏做原因。'],
)

export const rules = (build: RuleBuilders<RoundPoint, RoundRated>) => ({
  late: build.limit({ ...late, priority: 'medium', point: 'overdue', high: (rated) => rated['late-minutes'] }),
  missed: build.limit({ ...missed, priority: 'high', point: 'missed', high: 0 }),
})
