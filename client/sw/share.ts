/** What another app shares with this one: kept here until the page asks where it is to go (ShareView). */
export const SHARE = '/share'
const KEPT = 'shared'
const MOST = 10

interface Shared {
  text: string
  files: number
}

/** Answers the form that the system posts. */
export async function receive(request: Request): Promise<Response> {
  const there = (query = '') => Response.redirect(SHARE + query, 303)
  try {
    const form = await request.formData()
    const files = form.getAll('files').filter((one) => one instanceof File)
    await keep(textOf(form), files.slice(0, MOST))
    return there()
  } catch {
    return there('?failed=1')
  }
}

/** Title, text and address, each once: apps put the address in any of them. */
function textOf(form: FormData): string {
  const lines: string[] = []
  for (const name of ['title', 'text', 'url']) {
    const line = form.get(name)
    if (typeof line === 'string' && line.trim() && !lines.some((one) => one.includes(line.trim()))) lines.push(line.trim())
  }
  return lines.join('\n')
}

async function keep(text: string, files: File[]) {
  await caches.delete(KEPT)
  const cache = await caches.open(KEPT)
  for (const [place, file] of files.entries()) {
    const headers = { 'Content-Type': file.type || 'application/octet-stream', 'X-Name': encodeURIComponent(file.name) }
    await cache.put(`${SHARE}/${place}`, new Response(file, { headers }))
  }
  const shared: Shared = { text, files: files.length }
  await cache.put(SHARE, Response.json(shared))
}
