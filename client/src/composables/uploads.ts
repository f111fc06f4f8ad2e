/**
 * Files that are to go with the next message of a room (or of a thread: `key` tells them apart). They stay while one looks
 * elsewhere, and go on by themselves.
 */
import { computed, shallowReactive } from 'vue'

import type { CallError } from '@/errors'
import { Transfer } from '@/transfer'
import type { File as Sent } from '@/wire'
import { t } from '@/words'
import '@/words.files'

import { toast } from './toasts'

export const MOST = 10

export interface Upload {
  key: number
  name: string
  size: number
  /** A picture to show of it, made of the file itself. */
  url: string
  /** 0 to 1. */
  sent: number
  state: 'sending' | 'waiting' | 'done' | 'failed'
  error: string
  file: Sent | null
}

export interface Uploads {
  items: Upload[]
  add(files: Iterable<File>): void
  remove(item: Upload): void
  retry(item: Upload): void
  /** There is nothing to show of it. */
  unshow(item: Upload): void
  /** The files that are there, which are forgotten here. */
  take(): Sent[]
}

interface Kept {
  uploads: Uploads
  transfers: Map<number, Transfer>
}

const kept = new Map<string, Kept>()
let last = 0

export function useUploads(room: number, key = `${room}`) {
  const uploads = of(room, key)
  const count = computed(() => uploads.items.length)
  const ready = computed(() => uploads.items.every((item) => item.state === 'done'))
  const failed = computed(() => uploads.items.some((item) => item.state === 'failed'))
  return { uploads, count, ready, failed }
}

function of(room: number, key: string): Uploads {
  let one = kept.get(key)
  if (!one) kept.set(key, (one = make(room)))
  return one.uploads
}

function make(room: number): Kept {
  const transfers = new Map<number, Transfer>()

  function add(files: Iterable<File>) {
    const all = [...files]
    const free = MOST - uploads.items.length
    if (all.length > free) toast(t('filesMost', { count: MOST }), undefined, 'error')
    for (const file of all.slice(0, Math.max(0, free))) begin(file)
  }

  function begin(file: File) {
    const url = file.type.startsWith('image/') && file.type !== 'image/svg+xml' ? URL.createObjectURL(file) : ''
    const item = shallowReactive<Upload>({
      ...{ key: ++last, name: file.name, size: file.size, url, sent: 0, state: 'sending', error: '', file: null },
    })
    const transfer = new Transfer(room, file, {
      sent: (bytes) => (item.sent = file.size ? bytes / file.size : 0),
      waits: (on) => (item.state = on ? 'waiting' : 'sending'),
    })
    transfers.set(item.key, transfer)
    uploads.items = [...uploads.items, item]
    void run(item, transfer)
  }

  async function run(item: Upload, transfer: Transfer) {
    Object.assign(item, { state: 'sending', error: '' })
    try {
      item.file = await transfer.send()
      Object.assign(item, { state: 'done', sent: 1 })
    } catch (error) {
      Object.assign(item, { state: 'failed', error: (error as CallError).message })
    }
  }

  function retry(item: Upload) {
    const transfer = transfers.get(item.key)
    if (transfer) void run(item, transfer)
  }

  function remove(item: Upload) {
    transfers.get(item.key)?.cancel()
    forget(item)
  }

  function forget(item: Upload) {
    transfers.delete(item.key)
    uploads.items = uploads.items.filter((one) => one !== item)
    unshow(item)
  }

  function unshow(item: Upload) {
    URL.revokeObjectURL(item.url)
    item.url = ''
  }

  function take(): Sent[] {
    const done = uploads.items.filter((item) => item.file)
    done.forEach(forget)
    return done.map((item) => item.file).filter((file) => file !== null)
  }

  const uploads: Uploads = shallowReactive({ items: [], add, remove, retry, unshow, take })
  return { uploads, transfers }
}
