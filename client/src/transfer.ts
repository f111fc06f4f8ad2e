/**
 * A file's way to the server: announced, sent from where it was cut, again and again until all of it is there.
 *
 * It knows nothing of what is shown. `send` resolves with the file's row, or throws a CallError that is not worth another try.
 */
import { CallError, cut, fromAnswer } from './errors'
import type { File as Sent } from './wire'

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

export interface Progress {
  /** Bytes that have gone out. */
  sent(bytes: number): void
  /** It was cut, and goes on by itself; or goes on again. */
  waits(on: boolean): void
}

/** One upload; it remembers where on the server it is, so that `send` may be called again. */
export class Transfer {
  private place = ''
  private request: XMLHttpRequest | undefined
  private ended = false
  private wake: (() => void) | undefined

  constructor(
    private readonly room: number,
    private readonly file: File,
    private readonly progress: Progress,
  ) {}

  async send(): Promise<Sent> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        const answer = await this.go()
        if (answer) return answer
        wait = FIRST_WAIT_MS
      } catch (error) {
        const { kind, retryAfter } = error as CallError
        // A conflict is about the offset only once there is a place: else a quota is used up.
        const passes = kind === 'unavailable' || kind === 'too_many' || (kind === 'conflict' && this.place)
        if (this.ended || !passes) {
          this.place = '' // the server has dropped what it refused: another try begins anew
          throw error
        }
        this.progress.waits(true)
        await this.pause(Math.max(wait, (retryAfter ?? 0) * 1000))
      }
    }
  }

  /** Ends it; what has come to the server is dropped there. */
  cancel() {
    this.ended = true
    this.request?.abort()
    this.wake?.()
    if (this.place) void ask('DELETE', this.place).catch(() => undefined)
  }

  private async go(): Promise<Sent | undefined> {
    if (this.ended) throw new CallError('not_found', '')
    if (!this.place) await this.announce()
    // Cancelled while it was announced, when nobody knew where it is.
    if (this.ended) this.cancel()
    const offset = await this.reached()
    this.progress.waits(false)
    this.progress.sent(offset)
    const answer = await ask('PATCH', this.place, {
      headers: { 'Upload-Offset': String(offset) },
      body: this.file.slice(offset),
      made: (request) => (this.request = request),
      sent: (bytes) => this.progress.sent(offset + bytes),
    })
    return answer.status === 200 ? (JSON.parse(answer.responseText) as Sent) : undefined
  }

  /** How far it is; a cancelled one asks no more. */
  private async reached(): Promise<number> {
    if (this.ended) throw cut()
    const made = (request: XMLHttpRequest) => (this.request = request)
    return Number((await ask('HEAD', this.place, { made })).getResponseHeader('Upload-Offset') ?? 0)
  }

  private async announce() {
    const headers = { 'Upload-Length': String(this.file.size), 'Upload-Name': encodeURIComponent(this.file.name) }
    const answer = await ask('POST', `/files?room=${this.room}`, { headers })
    this.place = answer.getResponseHeader('Location') ?? ''
  }

  /** Until some time has passed, or the network is back. */
  private pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(over, ms)
      const wake = (this.wake = over)
      addEventListener('online', wake)
      function over() {
        clearTimeout(timer)
        removeEventListener('online', wake)
        done()
      }
    })
  }
}

interface Options {
  headers?: Record<string, string>
  body?: Blob
  made?: (request: XMLHttpRequest) => void
  sent?: (bytes: number) => void
}

/** A request, for whose body `fetch` would tell no progress. */
export function ask(method: string, url: string, { headers = {}, body, made, sent }: Options = {}): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => sent?.(event.loaded)
    request.onload = () => (request.status < 400 ? resolve(request) : reject(failure(request)))
    request.onerror = request.onabort = request.ontimeout = () => reject(cut())
    made?.(request)
    request.send(body)
  })
}

const KINDS = { 401: 'unauthorized', 404: 'not_found', 409: 'conflict', 413: 'too_large', 429: 'too_many' } as const

function failure({ status, responseText }: XMLHttpRequest): CallError {
  try {
    return fromAnswer((JSON.parse(responseText) as { error: Parameters<typeof fromAnswer>[0] }).error)
  } catch {
    if (status >= 500) return cut()
    return new CallError(KINDS[status as keyof typeof KINDS] ?? 'invalid', `${status}`)
  }
}
