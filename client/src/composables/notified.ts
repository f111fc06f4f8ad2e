/**
 * Notifications are shown and closed one after the other, whichever tab does it or the service worker (sw/push.ts takes
 * the same lock): a Chromium that is asked what is shown forgets what it is just about to show, and never closes it.
 */
export async function alone(act: () => Promise<void>): Promise<void> {
  await navigator.locks?.request('chinwag-shown', act)
}

/** Takes away what is shown, also by the service worker: those that one says are no more wanted, else all. */
export function closeAll(which: (one: Notification) => boolean = () => true): Promise<void> {
  return alone(async () => {
    const registration = await navigator.serviceWorker?.getRegistration()
    for (const one of (await registration?.getNotifications()) ?? []) if (which(one)) one.close()
  })
}
