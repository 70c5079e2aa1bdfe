/** All that this phone keeps: stores by name. Tabs and the service worker share it. */
const NAME = 'lamplighter-crew'
const VERSION = 1

export type StoreName = 'values' | 'outbox' | 'pictures' | 'remarks'

/** The phone has no room left, even after all that can be fetched again was given up. */
export class StorageFull extends Error {}

export const isFull = (problem: unknown): boolean => problem instanceof DOMException && problem.name === 'QuotaExceededError'

let opened: Promise<IDBDatabase> | undefined

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION)
    request.onupgradeneeded = () => {
      const database = request.result
      database.createObjectStore('values')
      database.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true })
      database.createObjectStore('pictures', { keyPath: 'photo' })
      database.createObjectStore('remarks', { keyPath: 'seq', autoIncrement: true })
    }
    request.onsuccess = () => {
      const database = request.result
      // Another version of the page wants to change it, or the browser has closed it: the next use opens it anew.
      database.onversionchange = () => {
        opened = undefined
        database.close()
      }
      database.onclose = () => {
        opened = undefined
      }
      resolve(database)
    }
    request.onerror = () => reject(request.error)
  })
  opened.catch(() => {
    opened = undefined
  })
  return opened
}

/** The result of one request inside a transaction. */
export const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

type Stores = (name: StoreName) => IDBObjectStore

/**
 * Does `work` in one transaction, which is on the phone's disk when this resolves. `work` awaits nothing but requests of this transaction. Rejects
 * with a `QuotaExceededError` when there is no room.
 */
export async function change<T>(names: readonly StoreName[], work: (stores: Stores) => Promise<T> | T): Promise<T> {
  const transaction = (await open()).transaction(names, 'readwrite', { durability: 'strict' })
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('The change was given up.'))
  })
  try {
    const value = await work((name) => transaction.objectStore(name))
    await done
    return value
  } catch (problem) {
    done.catch(() => undefined)
    try {
      transaction.abort()
    } catch {
      // It has ended by itself.
    }
    throw transaction.error ?? problem
  }
}

export async function read<T>(names: readonly StoreName[], work: (stores: Stores) => Promise<T>): Promise<T> {
  const transaction = (await open()).transaction(names, 'readonly')
  return work((name) => transaction.objectStore(name))
}
