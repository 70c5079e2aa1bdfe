import { type Objection, objectionTo } from '../../control/admission.ts'
import type { Approval, Decision } from '../../control/approval.ts'
import { type Command, type CommandPurpose, type CommandValue, isOver, newTarget, type Target } from '../../control/command.ts'
import { isHeldBack, type Patience, stepTarget, type TargetEvent, usualPatience } from '../../control/command-step.ts'
import { fullSpare, type Spare, takeTurns, timeToSend, type Waiting } from '../../control/pacing.ts'
import type { Order } from '../../dispatch/order.ts'
import { type EffectLimits, EVERY_CHANNEL, shareChannel } from '../../facilities/commands.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { Change } from '../../pipeline.ts'
import { type Acknowledgement, decodeAcknowledgement, encodeCommand } from '../../telemetry/codecs/command-messages.ts'
import type { AnsweringRoad, ForeignAnswer, ForeignOutcome, Road } from '../../telemetry/command-mapping.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import { acknowledgingOf, commandTopic, gatewayCommandTopic } from '../../telemetry/topic.ts'
import type { ServiceParts } from '../parts.ts'
import { CommandBook, resultText } from './command-book.ts'
import { isAtWork, isOrderThere } from './crews-there.ts'
import { cityLane, lanesOf } from './lanes.ts'
import { definitionOf, ratedOf, type SubjectParts, saidLast, showsEffect, subjectOf } from './subject.ts'

/** Answers and reports that come close together are taken in one write, ms. */
const GATHERED = 20
/** What waits to be taken up at most; devices send again what is not acknowledged. */
const MOST_ANSWERS = 5_000
/** A command that somebody gave is sent within this time or not at all, ms. */
export const SEND_WITHIN = minutes(1)
/** How much longer than a group needs when nothing else goes. */
const SLACK = 2
/** Giving facilities back is tried for longer: nobody is waiting for it, and nobody else would. */
const END_WITHIN = hours(1)
const endPatience: Patience = { answer: minutes(10), attempts: 20 }
/** What is held off for a crew is held for so much longer at a time, ms. */
const EXTENDED_BY = minutes(5)
/** Later commands of a facility that are looked at for whether one took the place of an earlier. */
const LOOK_BACK = 50

export type CommandDeskParts = SubjectParts &
  Pick<ServiceParts, 'plant' | 'state'> & {
    /** The light level of the lighting programme, 0 to 1; null when it has none. */
    levelOf: (facility: Facility, at: number) => number | null
    /** `expires`: no broker delivers it from then on, ms. */
    publish: (topic: string, payload: string, expires: number) => Promise<unknown>
    /** Repairs that are not over. */
    orders?: () => Iterable<Order>
    /** The way to a facility whose device speaks another dialect; undefined for others, in words why there is none. */
    road?: (facility: string, command: string, value: CommandValue) => Road | Text | undefined
    /** With devices that are told something; the usual one when absent. */
    patience?: Patience
    /** Runs `work` after some ms. */
    schedule: (work: () => void, delay: number) => () => void
    onTrouble: (error: unknown) => void
  }

export interface NewCommand {
  id: string
  command: string
  value: CommandValue
  purpose: CommandPurpose
  by: string
  account: string
  reason: string
  order: number | null
  ends: string | null
  until: number | null
  query: string | null
  token: string | null
  approval: Approval | null
  facilities: readonly string[]
}

/** Of a command that the clock, or a crew that tests, begins. */
export const unarmed = { query: null, token: null, approval: null } as const

interface Answer extends Pick<Acknowledgement, 'id' | 'words'> {
  facility: string
  outcome: ForeignOutcome | 'refused'
  acknowledge: (error?: Error) => void
}

interface Outgoing extends Waiting {
  command: Command
  target: Target
  facility: Facility
}

/** Carries commands on by themselves: sends them at their pace, takes answers and effects, watches deadlines, gives facilities back. */
export class CommandDesk {
  readonly book: CommandBook
  readonly #parts: CommandDeskParts
  #answers: Answer[] = []
  /** Facilities of which something was heard. */
  #heard = new Set<Facility>()
  #isGathering = false
  #stopGathering = () => {}
  #spare: Spare

  constructor(parts: CommandDeskParts) {
    this.#parts = parts
    this.book = new CommandBook(parts.state)
    this.#spare = fullSpare(parts.now())
  }

  stop(): void {
    this.#stopGathering()
  }

  /** What the road changed. */
  take({ facilities }: Change): void {
    if (this.book.size === 0) return
    for (const facility of facilities) if (this.book.concerns(facility.id)) this.#heard.add(facility)
    if (this.#heard.size > 0) this.#gather()
  }

  /** An answer of a device, which counts for its own facility alone, of a gateway for those behind it. False where the topic is none for answers. */
  answered(topic: string, payload: Uint8Array, acknowledge: (error?: Error) => void): boolean {
    const from = acknowledgingOf(topic)
    if (!from) return false
    const answer = decodeAcknowledgement(payload)
    const facility = answer && ('facility' in from ? from.facility : answer.facility)
    const known = facility === undefined ? undefined : this.#parts.plant.get(facility)
    const isItsOwn = known && ('facility' in from ? known.kind.key === from.kind : known.gateway === from.gateway)
    const told = answer && isItsOwn ? this.book.get(answer.id)?.targets.some((target) => target.facility === known.id) : false
    // What answers nothing goes nowhere; its sender must not be made to send it again.
    if (!answer || !known || !told) {
      acknowledge()
      return true
    }
    if (this.#answers.length >= MOST_ANSWERS) {
      acknowledge(new Error('too many answers wait'))
      return true
    }
    const { done, ...rest } = answer
    this.#answers.push({ ...rest, outcome: done ? 'done' : 'refused', facility: known.id, acknowledge })
    this.#gather()
    return true
  }

  /** What a device of another dialect says. Nothing is lost by its loss but a sign: telemetry tells the rest. */
  heard(answer: ForeignAnswer): void {
    if (this.#answers.length >= MOST_ANSWERS) return
    this.#answers.push({ ...answer, acknowledge: () => {} })
    this.#gather()
  }

  #roadOf({ id }: Facility, { command, value }: Pick<Command, 'command' | 'value'>): Road | Text | undefined {
    const { road, dialects } = this.#parts
    const found = road?.(id, command, value)
    // A device of another dialect is never told in the native one.
    return found === undefined && dialects.index.binds(id) ? UNREACHED : found
  }

  /** Why a facility cannot be told something in the dialect of its device; null when it can. */
  roadProblem(facility: Facility, asked: Pick<Command, 'command' | 'value'>): Objection | null {
    const road = this.#roadOf(facility, asked)
    return road === undefined || 'send' in road ? null : { problem: 'not-commandable', words: road }
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#stopGathering = this.#parts.schedule(() => this.#takeGathered(), GATHERED)
  }

  #takeGathered(): void {
    this.#isGathering = false
    const answers = this.#answers
    const heard = this.#heard
    this.#answers = []
    this.#heard = new Set()
    const at = this.#parts.now()
    try {
      this.book.change(() => {
        for (const [id, ofOne] of Map.groupBy(answers, (answer) => answer.id)) this.#takeAnswers(id, ofOne, at)
        for (const facility of heard) this.#lookAt(facility, at)
      })
      for (const { acknowledge } of answers) acknowledge()
    } catch (error) {
      this.#parts.onTrouble(error)
      for (const { acknowledge } of answers) acknowledge(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #takeAnswers(id: string, answers: readonly Answer[], at: number): void {
    const command = this.book.get(id)
    if (!command) return
    for (const { facility: name, outcome, words: said } of answers) {
      const facility = this.#parts.plant.get(name)
      if (!facility) continue
      const words = said ? text(said, said) : null
      if (outcome === 'done' || outcome === 'refused') {
        const { within } = this.#effectOf(command, facility, at) ?? { within: 0 }
        this.book.move(command, name, (target) => stepTarget(target, { type: 'answer', at, done: outcome === 'done', words, within }))
      } else {
        // The report that shows the effect may have come with it.
        this.#lookAt(facility, at)
        this.book.move(command, name, (target) =>
          stepTarget(target, { type: 'undelivered', at, isFinal: outcome === 'undelivered', words }),
        )
      }
    }
  }

  /** Looks for the effects of what a facility was told. */
  #lookAt(facility: Facility, at: number): void {
    for (const { command, target } of this.book.of(facility.id)) {
      if (!isWatched(target)) continue
      const effect = this.#effectOf(command, facility, at)
      if (!effect || !showsEffect(facility, effect, this.#parts)) continue
      const reported = saidLast(facility, effect, this.#parts)
      if (reported === null) continue
      const road = this.#roadOf(facility, command)
      const answers = road === undefined || !('send' in road) || road.answers
      this.book.move(command, facility.id, (one) => stepTarget(one, { type: 'show', at, reported, answers }))
    }
  }

  #effectOf(command: Command, facility: Facility, at: number): EffectLimits | null {
    const definition = definitionOf(facility, command)
    return definition?.effect(command.value, ratedOf(facility), this.#parts.levelOf(facility, at)) ?? null
  }

  /** Once a second; what cannot be kept now is tried again at the next time. */
  carryOn(): void {
    try {
      this.tick()
    } catch (error) {
      this.#parts.onTrouble(error)
    }
  }

  /** Throws when the store cannot be written; then nothing was changed, and nothing sent. */
  tick(): void {
    const at = this.#parts.now()
    if (this.book.size === 0) return
    this.book.change(() => {
      for (const command of this.book.open()) {
        for (const target of command.targets) {
          const facility = isOver(target.state) ? undefined : this.#parts.plant.get(target.facility)
          if (!facility) continue
          if (isWatched(target)) this.#lookAt(facility, at)
          this.#noteReach(command, facility, at)
        }
      }
      for (const { id } of this.book.open()) this.#pass(id, at)
      this.#send(at)
    })
  }

  /** A device of another dialect may have gone since it was asked whether it can be told; it may be back before the deadline. */
  #noteReach(command: Command, facility: Facility, at: number): void {
    const road = this.#roadOf(facility, command)
    if (road === undefined) return
    const event: TargetEvent = 'send' in road ? { type: 'reachable', at } : { type: 'unreachable', words: road }
    this.book.move(command, facility.id, (target) => stepTarget(target, event))
  }

  #pass(id: string, at: number): void {
    const { plant, state } = this.#parts
    const command = this.book.step(this.book.get(id) as Command, (target) => {
      if (!isOver(target.state) && !plant.get(target.facility)) {
        const gone = stepTarget(target, { type: 'refuse', at, problem: 'not-registered', words: null })
        return gone === target ? stepTarget(target, { type: 'pass', at }) : gone
      }
      return stepTarget(target, { type: 'pass', at })
    })
    if (command.until === null || command.ended || at < command.until) return
    const objection = this.endObjection(command)
    if (!objection) {
      this.end(command, 'clock')
      return
    }
    // Whoever has their hands on a circuit is not given voltage by the clock.
    this.book.put({ ...command, until: at + EXTENDED_BY })
    state.audit({ at, by: 'clock', action: 'command-extend', subject: `command ${id}`, detail: objection.words?.en ?? '' })
  }

  /** Some times a second: sends on what waits its turn. */
  sendOn(): void {
    if (this.#waiting(this.#parts.now()).next().done) return
    try {
      this.sendNow()
    } catch (error) {
      this.#parts.onTrouble(error)
    }
  }

  /** Sends what waits, and again what was not answered, as fast as the lanes allow. A message that is lost is one that was not answered. */
  #send(at: number): void {
    const { go, spare } = takeTurns(this.#waiting(at), cityLane, this.#spare, at)
    this.#spare = spare
    for (const { command, target, facility } of go) {
      const road = this.#roadOf(facility, command)
      const patience = this.#patienceOf(command, facility, road, at)
      const effect = this.#effectOf(command, facility, at)
      const known = effect && saidLast(facility, effect, this.#parts)
      const shown = effect !== null && showsEffect(facility, effect, this.#parts)
      const moved = stepTarget(target, { type: 'send', at, known, shown, patience })
      this.book.move(command, facility.id, () => moved)
      this.book.afterwards(() => {
        if (road === undefined) this.#publish(command, moved, facility, at)
        else if ('send' in road) void this.#sendBy(road, command, moved, at)
      })
    }
  }

  /** Who gives no answer has until its telemetry must show the effect; what a network server keeps is sent once. */
  #patienceOf(command: Command, facility: Facility, road: Road | Text | undefined, at: number): Patience {
    const usual = command.purpose === 'end' ? endPatience : this.#usualPatience
    if (road === undefined || !('send' in road)) return usual
    return patienceOn(road, this.#effectOf(command, facility, at)?.within ?? 0, usual)
  }

  get #usualPatience(): Patience {
    return this.#parts.patience ?? usualPatience
  }

  /** ms in which a device on such a road must answer, or show the effect where it gives no answer, when that may take `within` ms. */
  answerWithin(road: AnsweringRoad, within: number): number {
    return patienceOn(road, within, this.#usualPatience).answer
  }

  async #sendBy(road: Road, { id, command, value }: Command, { facility, deadline }: Target, at: number): Promise<void> {
    try {
      await road.send({ id, command, value, at, expires: deadline ?? at })
    } catch (error) {
      this.#parts.onTrouble(error)
      this.heard({ facility, id, outcome: 'undelivered', words: error instanceof Error ? error.message : String(error) })
    }
  }

  /** One lamp, and what is told for the first time, does not wait behind thousands, and what is told again. */
  *#waiting(at: number): Generator<Outgoing> {
    const open = this.book.open().sort((one, other) => one.targets.length - other.targets.length)
    for (const isDue of [
      isNew,
      (target: Target) => target.state === 'sent' && target.again !== null && at >= target.again && !isHeldBack(target),
    ]) {
      for (const command of open) {
        for (const target of command.targets) {
          const facility = isDue(target) ? this.#parts.plant.get(target.facility) : undefined
          const road = facility && this.#roadOf(facility, command)
          if (!facility || (road !== undefined && !('send' in road))) continue
          yield { command, target, facility, lanes: [...lanesOf(facility, command), ...(road?.lane ? [{ ...road.lane, burst: 1 }] : [])] }
        }
      }
    }
  }

  #publish({ id, command, value, until }: Command, { deadline }: Target, { id: facility, kind, gateway }: Facility, at: number): void {
    // A crew may be at work on what is off when its end comes, of which the device knows nothing: only the service switches it on again.
    const isSwitchedOff = kind.circuits.length > 0 && Object.values(kind.commands.get(command)?.channels(value) ?? {}).includes(0)
    const message = { id, command, value, at, expires: deadline ?? at, until: isSwitchedOff ? null : until }
    const [topic, payload] =
      gateway === null
        ? [commandTopic(kind.key, facility), encodeCommand(message)]
        : [gatewayCommandTopic(gateway), encodeCommand({ ...message, facility })]
    this.#parts.publish(topic, payload, message.expires).catch((error: unknown) => this.#parts.onTrouble(error))
  }

  /** Why a facility is not told something now; null when it may be, or may once somebody has approved. */
  objectionTo(facility: Facility, asked: Pick<Command, 'command' | 'value' | 'purpose' | 'approval'>): Objection | null {
    const objection = objectionTo(subjectOf(facility, this.#parts), asked) ?? this.roadProblem(facility, asked)
    if (objection) return objection
    if (asked.purpose === 'direct') return this.crewObjection(facility, asked)
    if (asked.purpose !== 'programme') return null
    return this.isHeld(facility, asked) ? { problem: 'held', words: null } : null
  }

  /** Who is at work on a circuit is asked before anybody lets it carry voltage. */
  crewObjection(facility: Facility, { command, value }: Pick<Command, 'command' | 'value'>): Objection | null {
    const { plant, orders } = this.#parts
    const definition = definitionOf(facility, { command })
    if (!definition || !orders || facility.kind.circuits.length === 0) return null
    const channels = Object.entries(definition.channels(value))
    const circuit = definition.circuit(value)
    const mayEnergise = channels.some(([channel, level]) => level !== 0 && (circuit !== null || channel === EVERY_CHANNEL))
    const order = mayEnergise ? [...orders()].find((one) => isAtWork(one) && isOrderThere(one, facility.id, circuit, plant)) : undefined
    if (!order) return null
    const words = text(`a crew is at work there (order ${order.id}); ask it first`, `班组正在现场作业（工单 ${order.id}），请先联系`)
    return { problem: 'interlock', words }
  }

  /** Takes a command down with what stands against it, in the caller's change; what may be sent at once is. `blocked` were not to be told when it was armed. */
  begin({ facilities, ...rest }: NewCommand, blocked?: ReadonlyMap<string, Objection>): Command {
    const { plant, state } = this.#parts
    const at = this.#parts.now()
    const expires = rest.approval?.expires ?? at + (rest.purpose === 'end' ? END_WITHIN : this.#sendWithin(facilities, rest))
    const targets = facilities.map((id): Target => {
      const target = newTarget(id)
      const facility = plant.get(id)
      if (!facility) return stepTarget(target, { type: 'refuse', at, problem: 'not-registered', words: null })
      const objection = this.objectionTo(facility, rest) ?? blocked?.get(id)
      if (objection) return stepTarget(target, { type: 'refuse', at, ...objection })
      if (rest.approval) return stepTarget(target, { type: 'wait', until: rest.approval.expires })
      this.#supersede(facility, rest, at)
      return stepTarget(target, { type: 'accept', at, expires })
    })
    const command: Command = { ...rest, at, expires, ended: false, targets }
    this.book.add(command)
    const told = [rest.command, rest.value ?? ''].join(' ').trim()
    const detail = `${told}${rest.order === null ? '' : `, order ${rest.order}`}; ${resultText(targets)}${rest.reason ? `; ${rest.reason}` : ''}`
    state.audit({ at, by: rest.by, action: 'command', subject: `command ${rest.id}`, detail })
    return command
  }

  /** ms in which it must be sent: a group takes its time. */
  #sendWithin(facilities: readonly string[], command: Pick<Command, 'command' | 'value'>): number {
    const known = facilities.map((id) => this.#parts.plant.get(id)).filter((facility) => facility !== undefined)
    return SEND_WITHIN + SLACK * timeToSend(waitingOf(known, command), cityLane)
  }

  /** Lets go what waited for a second person, or ends it, in the caller's change. What stands against it is looked at again. */
  decide(command: Command, approval: Approval, decision: Decision): Command {
    const { at, approved } = decision
    const expires = at + this.#sendWithin(facilityIdsOf(command), command)
    const { lasts } = approval
    const decided = { ...command, approval: { ...approval, decision }, ...(approved && { expires }) }
    const targets = command.targets.map((target): Target => {
      if (target.state !== 'requested') return target
      if (!approved) return stepTarget(target, { type: 'refuse', at, problem: 'declined', words: null })
      const facility = this.#parts.plant.get(target.facility)
      if (!facility) return stepTarget(target, { type: 'refuse', at, problem: 'not-registered', words: null })
      const objection = this.objectionTo(facility, decided)
      if (objection) return stepTarget(target, { type: 'refuse', at, ...objection })
      this.#supersede(facility, decided, at)
      return stepTarget(target, { type: 'accept', at, expires })
    })
    const until = approved && lasts !== null ? at + lasts : null
    const done: Command = { ...decided, until, targets }
    this.book.put(done)
    return done
  }

  /** Sends what may go now, in a change of its own. */
  sendNow(): void {
    this.book.change(() => this.#send(this.#parts.now()))
  }

  /** A later command takes the place of those that act on the same thing and are still under way. */
  #supersede(facility: Facility, later: Pick<Command, 'id' | 'command' | 'value' | 'purpose'>, at: number): void {
    for (const { command: earlier, target } of this.book.of(facility.id)) {
      if (earlier.id === later.id || !this.#actsOnTheSame(facility, earlier, later)) continue
      // What people have still to decide is not taken from them by the clock.
      if (target.state === 'requested' && later.purpose !== 'direct') continue
      this.book.move(earlier, facility.id, (one) => stepTarget(one, { type: 'cancel', at, problem: 'superseded' }))
    }
  }

  #actsOnTheSame(facility: Facility, one: Pick<Command, 'command' | 'value'>, other: Pick<Command, 'command' | 'value'>): boolean {
    const [ours, theirs] = [definitionOf(facility, one), definitionOf(facility, other)]
    return ours !== undefined && theirs !== undefined && shareChannel(ours.channels(one.value), theirs.channels(other.value))
  }

  /** Calls back what is not sent yet, in the caller's change. */
  cancel(command: Command, at: number): Command {
    return this.book.step(command, (target) => stepTarget(target, { type: 'cancel', at, problem: 'cancelled' }))
  }

  /** Why what a command switched off must not be given back now: whoever is at work there counts on it. */
  endObjection(command: Command): Objection | null {
    for (const { facility: id, times } of command.targets) {
      const facility = times.sent === null ? undefined : this.#parts.plant.get(id)
      const definition = facility && definitionOf(facility, command)
      const undo = definition?.undo(command.value)
      if (!facility || !undo || !Object.values(definition?.channels(command.value) ?? {}).includes(0)) continue
      const objection = this.#isOvertaken(command, facility) ? null : this.crewObjection(facility, undo)
      if (objection) return objection
    }
    return null
  }

  /** Gives facilities back to their programme by a command of its own, but for those that another command holds by now. */
  end(command: Command, by: string, account = by): void {
    const { plant } = this.#parts
    const back = command.targets.flatMap(({ facility: id, times }) => {
      const facility = times.sent === null ? undefined : plant.get(id)
      const undo = facility && definitionOf(facility, command)?.undo(command.value)
      return undo && !this.#isOvertaken(command, facility) ? [{ id, ...undo }] : []
    })
    const groups = [...Map.groupBy(back, (one) => JSON.stringify([one.command, one.value])).values()]
    for (const [i, group] of groups.entries()) {
      const [{ command: told, value }] = group as [(typeof back)[number]]
      this.begin({
        ...{ id: `${command.id}.end${i === 0 ? '' : i}`, command: told, value, purpose: 'end', by, account, reason: '' },
        ...{ ...unarmed, order: command.order, ends: command.id, until: null, facilities: group.map(({ id }) => id) },
      })
    }
    this.book.put({ ...(this.book.get(command.id) as Command), ended: true })
  }

  /** Whether what a person told a facility last holds the thing that a command acts on. */
  isHeld(facility: Facility, by: Pick<Command, 'command' | 'value'>): boolean {
    const last = this.book
      .history(facility.id, LOOK_BACK)
      .find(({ command, target }) => isTold(target) && this.#actsOnTheSame(facility, command, by))
    if (last === undefined || last.command.purpose === 'programme') return false
    const { command } = last
    return Object.values(definitionOf(facility, command)?.channels(command.value) ?? {}).some((level) => level !== null)
  }

  #isOvertaken(command: Command, facility: Facility): boolean {
    for (const { command: later, target } of this.book.history(facility.id, LOOK_BACK)) {
      if (later.id === command.id) return false
      if (target.times.accepted !== null && this.#actsOnTheSame(facility, later, command)) return true
    }
    return false
  }
}

function patienceOn({ answers, keeps, answerWithin }: AnsweringRoad, within: number, usual: Patience): Patience {
  if (answerWithin !== null) return { answer: answerWithin, attempts: keeps === null ? usual.attempts : 1 }
  if (keeps !== null) return { answer: Math.max(keeps, usual.answer), attempts: 1 }
  return answers ? usual : { ...usual, answer: usual.answer + within }
}

const UNREACHED = text('its device is not heard', '设备未接入')

const facilityIdsOf = ({ targets }: Command) => targets.map(({ facility }) => facility)

/** Whether a facility was told it, or will be. */
const isTold = ({ times, state }: Target): boolean =>
  state !== 'refused' && state !== 'requested' && (times.sent !== null || !isOver(state))

const isNew = ({ state }: Target): boolean => state === 'accepted'

/** Whether telemetry has yet to tell of its effect. */
const isWatched = ({ state, times }: Target): boolean => (state === 'sent' || state === 'confirmed') && times.seen === null

/** Facilities as they wait for their turn. */
export const waitingOf = (facilities: readonly Facility[], command: Pick<Command, 'command' | 'value'>): Waiting[] =>
  facilities.map((facility) => ({ lanes: lanesOf(facility, command) }))
