/** What writing and what was written say: preview, paste, commands, polls, code; importing this module teaches it to `t`. */
import type { Entry } from './words'
import { teach } from './words'

export const writing = {
  // Messages
  copyCode: 'Copy code',
  spoilerShow: 'Hidden text: show it',
  tableOf: 'Table',

  // Composer
  preview: 'Preview',
  previewHide: 'Hide preview',
  previewEmpty: 'Nothing to show yet.',
  compose: 'Add to the message',
  askPoll: 'Ask a poll',
  pasteLong: 'This text is too long for a message',
  pasteLongText: 'A message holds {count} characters. The beginning can be pasted; the rest stays in your clipboard.',
  pasteLongFile: 'A message holds {count} characters. The text can go with it as a file.',
  pasteAsFile: 'Attach it as a file',
  pastedName: 'pasted.txt',
  pasteBeginning: 'Paste the beginning',

  // Commands
  commands: 'Commands',
  commandsHint: 'Begin a message with “/”. To say something that begins so, write “//”.',
  noCommand: 'There is no command /{name}. Write //{name} to say it.',
  needsWords: 'Say more: {usage}',
  nobodyCalled: 'Nobody here is called {name}.',
  invited: '{name} is in the room now.',
  topicSet: 'The topic is changed.',
  nowAway: 'You are shown as away until you do something.',
  cmdMe: 'Say what you do: “Ann waves”',
  cmdShrug: 'Add a shrug',
  cmdInvite: 'Bring somebody into this room',
  cmdTopic: 'Change the topic of this room',
  cmdAway: 'Show yourself as away',
  cmdPoll: 'Ask a poll',
  cmdHelp: 'Show these commands',
  useMe: '/me waves',
  useShrug: '/shrug who knows',
  useInvite: '/invite @name',
  useTopic: '/topic What this room is for',
  useAway: '/away',
  usePoll: '/poll "Question" "Answer" "Another"',
  useHelp: '/help',

  // Polls
  pollTitle: 'Ask a poll',
  pollQuestion: 'Question',
  pollOption: 'Answer {count}',
  pollMore: 'Another answer',
  pollLess: 'Remove this answer',
  pollMany: 'Several answers may be chosen',
  pollAsk: 'Ask',
  pollOne: 'Choose one',
  pollSome: 'Choose as many as you like',
  pollClosed: 'Closed',
  pollClose: 'Close the poll',
  pollTakeBack: 'Take my vote back',
  pollCloseAsk: 'Close this poll?',
  pollCloseText: 'Nobody can vote any more. The result stays.',
  pollVotes: { one: '{count} vote', other: '{count} votes' },
  pollVoters: { one: '{count} person voted', other: '{count} people voted' },
  pollOthers: { one: '{count} more', other: '{count} more' },
} as const satisfies Record<string, Entry>

teach(writing)
