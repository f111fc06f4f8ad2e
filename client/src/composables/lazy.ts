/** Parts that are loaded when they are needed, and asked for again where the network fails: nobody has to reload. */
import { type Component, defineAsyncComponent } from 'vue'

const FIRST_MS = 1000
const LONGEST_MS = 30_000

/** A component that is nothing, or `meanwhile`, until it is there. */
export function lazy<T extends Component>(load: () => Promise<{ default: T }>, meanwhile?: Component): T {
  const loader = () => persistent(load) as Promise<unknown> as Promise<T>
  return defineAsyncComponent({ loader, loadingComponent: meanwhile, delay: 0 })
}

async function persistent<T>(load: () => Promise<T>): Promise<T> {
  for (let wait = FIRST_MS; ; wait = Math.min(2 * wait, LONGEST_MS)) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

// A part's styles are asked for once, whether they came or not.
addEventListener('error', again, true)

function again({ target: link }: Event) {
  if (!(link instanceof HTMLLinkElement && link.rel === 'stylesheet')) return
  setTimeout(() => link.replaceWith(link.cloneNode()), FIRST_MS)
}
