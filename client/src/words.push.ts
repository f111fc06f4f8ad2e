/** What is said of notifications on one's devices and of the installed app; importing this module teaches it to `t`. */
import type { Entry } from './words'
import { teach } from './words'

export const push = {
  // What a notification says: the service worker shows these
  pushedIn: '{name} in {room}',
  pushedText: 'A new message',
  pushedReminder: 'You wanted to be reminded',
  pushedTest: 'Notifications work',
  pushedTestText: 'This is how you are told.',
  pushedUnknown: 'There is something new',

  // The offer
  pushOffer: 'Hear of messages while you are away?',
  pushOfferGo: 'Turn on notifications',
  pushOfferNot: 'Not now',
  pushOn: 'This browser tells you from now on.',
  pushOnHere: 'This browser tells you while Chinwag is open in it.',

  // This browser
  pushText: 'It tells you of new messages while you look elsewhere, also with Chinwag closed, as each room is set.',
  pushTextOpen: 'It tells you of new messages while you look elsewhere and Chinwag is open in a tab, as each room is set.',
  pushServerOff: 'This server sends nothing to closed browsers.',
  pushNone: 'This browser takes nothing while Chinwag is closed.',
  pushUnreachable: 'The push service of this browser could not be reached, so it tells you nothing while Chinwag is closed.',
  pushBrave: 'Some browsers have push services turned off: look for “push messaging” in their settings.',
  pushTry: 'Try again',
  pushDenied: 'The browser blocks notifications of this page. Allow them in its settings for this address, then load the page again.',
  pushInstallFirst: 'On this device only installed apps may notify you: choose “Share”, then “Add to Home Screen”, and open Chinwag from there.',

  // All devices
  pushShows: 'What notifications show',
  pushShowsText: 'Show the text of messages',
  pushShowsHint: 'On all your devices, also on locked screens. Without it they say who wrote, and where.',
  pushDevices: 'Devices that tell you',
  pushDevicesNone: 'None yet.',
  pushDeviceSince: 'Since {at}',
  pushDeviceLast: 'Last told {at}',
  pushDeviceNever: 'Nothing told yet',
  pushTestGo: 'Test',
  pushTestOf: 'Test {label}',
  pushTested: 'Sent. It should show up in a moment.',
  pushRemove: 'Remove',
  pushRemoveAsk: 'Tell {label} nothing any more?',
  pushRemoved: 'It tells you nothing any more.',

  // The log
  pushLog: 'What your devices were told',
  pushLogText: 'The last hundred, without what was said.',
  pushLogNone: 'Nothing yet.',
  pushKindMessage: 'A message',
  pushKindReminder: 'A reminder',
  pushKindTest: 'A test',
  pushWaiting: 'Waits',
  pushSending: 'On its way',
  pushSent: 'Handed over',
  pushFailed: 'Failed',

  // The installed app
  installTitle: 'Chinwag as an app',
  installText: 'With a window and an icon of its own, and a count of what is new on it.',
  installGo: 'Install',
  installApp: 'Install as an app',

  // Sharing, and a new message
  shareTitle: 'Share',
  newMessage: 'New message',
  shareWhere: 'Where to?',
  shareGo: 'Write there',
  shareFailed: 'What you shared could not be taken. Is it very big?',
} as const satisfies Record<string, Entry>

teach(push)
