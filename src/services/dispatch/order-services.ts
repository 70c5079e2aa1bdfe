import { isInScope } from '../../access/scope.ts'
import { claimedAt, takeAction } from '../../dispatch/crew-action.ts'
import { isOver, MAX_ORDER_FACILITIES, type Order } from '../../dispatch/order.ts'
import { deadlines } from '../../dispatch/order-clock.ts'
import type { OrderNotice } from '../../dispatch/order-notice.ts'
import type { OrderEvent } from '../../dispatch/order-step.ts'
import { photoType } from '../../dispatch/photo-type.ts'
import type { LampOnRates } from '../../edges/lamp-on-rates.ts'
import type { Orders, PhotoInput, SeenOrder } from '../../edges/orders.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import type { PhotoFolder } from '../../storage/embedded/photo-folder.ts'
import type { OrderPhoto } from '../../storage/order-store.ts'
import { groupOf } from './alarm-orders.ts'
import { orderCandidates } from './order-candidates.ts'
import type { OrderDesk, OrderParts } from './order-desk.ts'
import { districtCentres, orderQueue } from './order-queue.ts'

export type OrderServiceParts = OrderParts & {
  photos: PhotoFolder
  lampOnRates: LampOnRates
}

/** Pictures of one order. */
const MOST_PHOTOS = 200
/** One count for a picture, whether its action or its bytes come first. */
const photoAction = (id: string) => `photo ${id}`

/** What people do with orders. Each action is in the log of its order and in the audit, in one transaction. */
export function orderServices(desk: OrderDesk, parts: OrderServiceParts): Orders {
  const { book } = desk
  const { state, plant, now, utcOffset } = parts
  const centres = districtCentres(plant)

  /** Pictures on their way to disk; the second of one id waits for the first. */
  const underWay = new Map<string, Promise<OrderPhoto>>()

  const seenOrder = ({ id, version }: SeenOrder): Order => {
    const order = book.known(id)
    if (version !== undefined && version !== order.version) refuse(`Order ${id} was changed meanwhile; look at it again.`)
    return order
  }
  /** One step by somebody at the desk. */
  const act = (
    seen: SeenOrder,
    by: string,
    words: string,
    event: (order: Order, at: number) => OrderEvent,
    after: (before: Order, order: Order, at: number) => void = () => {},
  ): Order =>
    book.change(() => {
      const at = now()
      const before = seenOrder(seen)
      const made = event(before, at)
      const order = book.step(before, made, { by, words }, at)
      if (order === before) return order
      state.audit({ at, by, action: `order-${made.type}`, subject: `order ${seen.id}`, detail: words })
      after(before, order, at)
      return order
    })
  const withdraw = (before: Order, _: Order, at: number) => {
    const crews = before.holder ? [before.holder.crew] : (before.offer?.crews ?? [])
    if (crews.length > 0) book.notify({ type: 'withdrawn', order: before.id, crews, at })
  }
  const alarmOf = (id: number) => parts.register.get(id) ?? state.alarm(id)
  const clockOf = (cls: Order['class'], at: number) => {
    const { clocks, calendar } = desk.policy()
    return deadlines(clocks[cls], at, calendar, utcOffset)
  }
  const checkCrews = (crews: readonly string[]) => {
    const known = new Set(
      state.roster
        .crews()
        .filter(({ disabled }) => !disabled)
        .map(({ id }) => id),
    )
    const unknown = crews.filter((id) => !known.has(id))
    if (unknown.length > 0) throw new LamplighterError('not-found', `There is no crew ${unknown.join(', ')}.`)
  }

  return {
    open: () => book.open(),
    order: (id) => book.get(id),
    ofAlarm: (alarm) => book.openOfAlarm(alarm) ?? state.orders.ofAlarm(alarm),
    list: (query) => state.orders.list(query),
    logOf: (order, before, limit) => state.orders.logOf(order, before, limit),
    photosOf: (order) => state.orders.photosOf(order),
    wasAsked: (order, crew) => state.orders.wasAsked(order, crew),
    onChange: (listener) => book.onChange(listener),
    queue: (wanted) => orderQueue([...book.open()].filter(wanted), parts.lampOnRates, centres, parts),
    candidates: (order) => orderCandidates(order, desk, utcOffset, now()),
    crewsOf: (person) => state.roster.crews().filter(({ members, disabled }) => !disabled && members.includes(person)),

    create({ facilities, class: cls, title, note, alarms = [] }, scope, by) {
      const at = now()
      const found = [...new Set(facilities)].map((id) => {
        const facility = plant.get(id)
        if (!facility || !isInScope(scope, facility)) throw new LamplighterError('not-found', `There is no facility ${id}.`)
        return facility
      })
      const [first] = found
      if (!first || found.length > MAX_ORDER_FACILITIES) {
        throw new LamplighterError(
          'invalid-request',
          `An order is about 1 to ${MAX_ORDER_FACILITIES} facilities; ${found.length} were given.`,
        )
      }
      return book.change(() => {
        const order = book.add(
          {
            ...{
              origin: 'person',
              class: cls,
              title,
              facilities: found.map(({ id }) => id),
              alarms,
              reports: [],
            },
            ...{ group: groupOf(first), district: first.district, domain: first.kind.domain, keyArea: found.some((one) => one.keyArea) },
            ...{ created: at, createdBy: by, ...clockOf(cls, at) },
          },
          { by, words: note },
        )
        state.audit({
          at,
          by,
          action: 'order-create',
          subject: `order ${order.id}`,
          detail: `${title.en}: ${order.facilities.slice(0, 20).join(', ')}`,
        })
        return order
      })
    },
    dispatch(seen, crews, within, by) {
      checkCrews(crews)
      return act(
        seen,
        by,
        crews.join(', '),
        (_, at) => ({ type: 'dispatch', crews, at, until: at + within, step: book.placeOf(seen.id).step }),
        (before, order, at) => {
          const dropped = (before.offer?.crews ?? []).filter((id) => !crews.includes(id))
          if (dropped.length > 0) book.notify({ type: 'withdrawn', order: order.id, crews: dropped, at })
          book.notify({ type: 'offered', order: order.id, crews: order.offer?.crews ?? [], at })
        },
      )
    },
    recall: (seen, reason, by) =>
      act(
        seen,
        by,
        reason,
        (_, at) => ({ type: 'recall', at, by, reason }),
        (before, order, at) => {
          withdraw(before, order, at)
          // Whoever recalls it dispatches it; by itself it goes on when they have not done so within the step of the desk.
          book.putPlace(order.id, { step: book.placeOf(order.id).step, until: at + desk.pauseAtDesk })
        },
      ),
    reclassify: (seen, to, reason, by) =>
      act(seen, by, `${to}: ${reason}`, (order, at) => ({ type: 'reclassify', at, by, class: to, ...clockOf(to, order.created) })),
    merge: (seen, into, reason, by) =>
      book.change(() => {
        const at = now()
        const before = seenOrder(seen)
        const order = desk.mergeInto(before, book.known(into), { by, words: reason }, at)
        state.audit({ at, by, action: 'order-merge', subject: `order ${seen.id}`, detail: `into order ${into}: ${reason}` })
        withdraw(before, order, at)
        return order
      }),
    split: (seen, facilities, reason, by) =>
      book.change(() => {
        const at = now()
        const before = seenOrder(seen)
        const own = facilities.filter((id) => before.facilities.includes(id))
        if (own.length === 0) refuse(`Order ${before.id} covers none of these facilities.`)
        const alarms = before.alarms.filter((id) => own.includes(alarmOf(id)?.facility ?? ''))
        const reports = before.reports.filter((id) => own.includes(state.reports.report(id)?.facility ?? ''))
        book.step(before, { type: 'uncover', at, alarms, reports, facilities: own }, { by, words: reason }, at)
        const { origin, class: cls, title, district, domain, keyArea, created, arriveBy, repairBy } = before
        const order = book.add(
          {
            ...{ origin, class: cls, title, facilities: own, alarms, reports, group: `order ${before.id} part ${own[0]}` },
            ...{ district, domain, keyArea, created, createdBy: by, arriveBy, repairBy },
          },
          { by, words: `order ${before.id}: ${reason}` },
        )
        state.audit({ at, by, action: 'order-split', subject: `order ${before.id}`, detail: `order ${order.id}: ${reason}` })
        return order
      }),
    reject: (seen, reason, by) => act(seen, by, reason, (_, at) => ({ type: 'reject', at, by, reason }), withdraw),
    verify: (seen, words, by) => act(seen, by, words, (_, at) => ({ type: 'verify', at, by, words })),
    close: (seen, reason, by) => act(seen, by, reason, (_, at) => ({ type: 'close', at, by, reason }), withdraw),
    reopen: (seen, reason, by) =>
      book.change(() => {
        takeBack(seenOrder(seen), by, now())
        return act(
          seen,
          by,
          reason,
          (order, at) => ({ type: 'reopen', at, by, reason, elsewhere: book.heldElsewhere(order), clock: clockOf(order.class, at) }),
          (_, order) => desk.restart(order.id),
        )
      }),
    note: (id, text, by) => act({ id }, by, text, (_, at) => ({ type: 'note', at, by })),

    act: (actions, crew, person) =>
      actions.map((action) => ({
        ...actOne(action.type === 'photo' ? { ...action, id: photoAction(action.photo) } : action, crew, person),
        id: action.id,
      })),
    async addPhoto(photo, crew, person) {
      await underWay.get(photo.id)?.catch(() => undefined)
      const kept = keepPhoto(photo, crew, person)
      underWay.set(photo.id, kept)
      try {
        return await kept
      } finally {
        if (underWay.get(photo.id) === kept) underWay.delete(photo.id)
      }
    },
    async photo(order, id) {
      const photo = state.orders.photo(id)
      const bytes = photo?.order === order ? await parts.photos.read(id) : null
      return photo && bytes ? { photo, bytes } : null
    },
  }

  /** An order that was merged takes back what it brought along, as far as the other one is not over and keeps something to be about. */
  function takeBack({ id, mergedInto, alarms, reports, facilities }: Order, by: string, at: number): void {
    const into = mergedInto === null ? undefined : book.get(mergedInto)
    if (!into || isOver(into.state)) return
    const kept = new Set(into.alarms.filter((alarm) => !alarms.includes(alarm)).map((alarm) => alarmOf(alarm)?.facility))
    const back = facilities.filter((one) => into.facilities.includes(one) && !kept.has(one))
    const given = { alarms, reports, facilities: back.length < into.facilities.length ? back : [] }
    book.step(into, { type: 'uncover', at, ...given }, { by, words: `order ${id}` }, at)
  }

  async function keepPhoto({ id, order, at: taken, bytes }: PhotoInput, crew: string, person: string): Promise<OrderPhoto> {
    const before = book.known(order)
    const known = state.orders.photo(id)
    if (known && known.order !== order) refuse(`Photo ${id} belongs to another order.`)
    if (known && (await parts.photos.read(id))) return known
    if (!known && state.orders.photosOf(order).length >= MOST_PHOTOS) refuse(`Order ${order} has ${MOST_PHOTOS} photos; no more are kept.`)
    const type = photoType(bytes)
    if (!type) throw new LamplighterError('invalid-request', 'This is no JPEG and no WebP picture.')
    await parts.photos.put(id, bytes)
    // Its file was lost, and the phone still has it.
    if (known) return known
    const at = claimedAt(before, taken, now())
    const photo = { id, order, at, by: person, bytes: bytes.length, type }
    book.change(() => {
      state.orders.addPhoto(photo)
      actOne({ id: photoAction(id), order, at, type: 'photo', photo: id }, crew, person)
    })
    return photo
  }

  function actOne(action: Parameters<Orders['act']>[0][number], crew: string, person: string) {
    return book.change(() => {
      const known = state.orders.takenAction(action.id)
      if (known) return { id: action.id, order: known.order, outcome: known.outcome, why: known.why }
      const at = now()
      const before = book.known(action.order)
      const taken = takeAction(before, action, { crew, person }, at)
      const words = 'reason' in action ? action.reason : 'text' in action ? action.text : 'cause' in action ? action.cause : ''
      const note = { by: person, crew, words, at: claimedAt(before, action.at, at) }
      if (taken.outcome === 'done') book.put(before, taken.order, action.type, note, at)
      else
        book.remark(
          before,
          taken.outcome === 'kept' ? 'kept' : action.type,
          { ...note, words: [action.type, taken.why, words].filter(Boolean).join(': ') },
          at,
        )
      if (taken.outcome === 'done') tellOthers(before, taken.order, crew, at)
      state.orders.putTakenAction({ id: action.id, order: action.order, outcome: taken.outcome, why: taken.why, at })
      return { id: action.id, order: action.order, outcome: taken.outcome, why: taken.why }
    })
  }

  function tellOthers(before: Order, order: Order, crew: string, at: number): void {
    const tell = (type: OrderNotice['type'], crews: readonly string[]) => book.notify({ type, order: order.id, crews, at })
    const others = (before.offer?.crews ?? []).filter((one) => one !== crew)
    if (order.state === 'accepted' && others.length > 0) tell('taken', others)
    if (before.holder && !order.holder) {
      desk.restart(order.id)
      tell('unanswered', [])
    }
  }
}
