/** What reactions, emoji, pins, saved messages and quotes say; importing this module teaches it to `t`. */
import type { Entry } from './words'
import { teach } from './words'

export const reacts = {
  // Reactions
  react: 'React',
  reactWith: 'React with {emoji}',
  reactions: 'Reactions',
  reactedBy: '{names} reacted with {emoji}',
  andMore: { one: '{count} other', other: '{count} others' },

  // Emoji
  emojiFind: 'Find an emoji',
  emojiFound: 'Found',
  emojiNone: 'No emoji is called that.',
  emojiRecent: 'Recent',
  emojiOwn: 'Ours',
  emojiTone: 'Skin tone',
  emojiTone0: 'No skin tone',
  emojiTone1: 'Light skin tone',
  emojiTone2: 'Medium-light skin tone',
  emojiTone3: 'Medium skin tone',
  emojiTone4: 'Medium-dark skin tone',
  emojiTone5: 'Dark skin tone',
  emoji_smileys: 'Smileys',
  emoji_people: 'People',
  emoji_nature: 'Animals and plants',
  emoji_food: 'Food and drink',
  emoji_travel: 'Travel and weather',
  emoji_activities: 'Activities',
  emoji_symbols: 'Symbols',
  emoji_objects: 'Objects',
  emoji_flags: 'Flags',
  emojiTitle: 'Our emoji',
  emojiText: 'Pictures that everybody here writes as :name: and reacts with.',
  emojiName: 'Name',
  emojiNameHint: 'Small letters, digits, “_”, “-” and “+”. People type it between colons.',
  emojiPicture: 'Picture',
  emojiPictureHint: 'PNG, GIF, JPEG or WebP, best square; at most 256 KB.',
  emojiPictureMissing: 'Choose a picture.',
  emojiPictureLarge: 'This picture has more than 256 KB.',
  emojiAdd: 'Add emoji',
  emojiAdded: ':{name}: is there for everybody now.',
  emojiBy: 'by {name}',
  emojiRemove: 'Remove :{name}:',
  emojiRemoveAsk: 'Remove :{name}:?',
  emojiRemoveText: 'Where it was used, its name is shown instead.',
  emojiEmpty: 'There are none yet. Add the first.',
  emojiGuests: 'Guests cannot add emoji.',

  // Menu of a message
  actions: 'Actions for the message',
  copyText: 'Copy text',
  copyLink: 'Copy link',
  markUnread: 'Mark unread from here',
  editHint: 'Enter saves, Esc cancels',
  editHintShift: 'Shift+Enter saves, Esc cancels',

  // Pins
  pin: 'Pin to the room',
  unpin: 'Unpin',
  pinned: 'Pinned',
  pinsNone: 'Nothing is pinned',
  pinsNoneText: 'Pin what everybody here should find again: choose it in the menu of a message.',

  // Saved
  saveMessage: 'Save for later',
  unsave: 'No longer saved',
  savedMark: 'Saved for later',
  savedOpen: 'For later',
  savedDone: 'Done',
  savedNone: 'Nothing is saved',
  savedNoneText: 'Save a message in its menu, and find it here until you are done with it. Nobody else sees this.',
  savedNoneDone: 'Nothing is done yet.',
  savedMarkDone: 'Done',
  savedMarkUndone: 'Not done yet',

  // History
  historyTitle: 'What it said before',
  historyNow: 'Now',
  historyNone: 'No older text was kept.',

  // Quotes
  forward: 'Pass on',
  forwardTitle: 'Pass on to',
  forwardFind: 'Find a room',
  forwardComment: 'Say something about it',
  forwardGo: 'Pass on',
  forwardNone: 'You are in no room that is called that.',
  forwarded: 'Passed on to {name}.',
  quoteFrom: 'from {room}',
  quoteElsewhere: 'from a conversation that you are not in',
  quoteGone: 'This message was deleted.',
  quoteOpen: 'Open the message',
  showMessage: 'Show in the room',
} as const satisfies Record<string, Entry>

teach(reacts)
