/** IndexedDB by promises: as much of it as db.ts needs. It does not know what is kept. */

const OPEN_MS = 3_000

/** One store within a transaction. */
export class Table<Key extends IDBValidKey, Row> {
  constructor(private readonly store: IDBObjectStore) {}

  get = (key: Key): Promise<Row | undefined> => answer(this.store.get(key))
  all = (range?: IDBKeyRange): Promise<Row[]> => answer(this.store.getAll(range))
  keys = (range?: IDBKeyRange) => answer(this.store.getAllKeys(range)) as Promise<Key[]>
  count = (range: IDBKeyRange) => answer(this.store.count(range))
  put = (row: Row, key: Key) => answer(this.store.put(row, key))
  delete = (which: Key | IDBKeyRange) => answer(this.store.delete(which))
  clear = () => answer(this.store.clear())
}

/**
 * Opens a database with these stores. Whoever wants it gone (a newer version of the client, signing out in another tab)
 * has not to wait for this tab: it is closed, and `lost` told; so too when it is taken away.
 */
export function openDatabase(name: string, version: number, stores: readonly string[], lost: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let late = false
    // Some browsers never answer in private windows.
    const timer = setTimeout(() => {
      late = true
      reject(new Error('IndexedDB does not answer.'))
    }, OPEN_MS)
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => stores.forEach((store) => request.result.createObjectStore(store))
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      clearTimeout(timer)
      const db = request.result
      if (late) return db.close()
      db.onclose = lost
      db.onversionchange = () => {
        db.close()
        lost()
      }
      resolve(db)
    }
  })
}

export const deleteDatabase = (name: string) => answer(indexedDB.deleteDatabase(name))

/** When all of it is done, or nothing. */
export function ended(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve) => {
    tx.oncomplete = tx.onabort = () => resolve()
  })
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
