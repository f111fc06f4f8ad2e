/** German, in the familiar form: whoever talks here says “du”. */
import type { Language } from '../language'

import { core } from './de/core'
import { due } from './de/due'
import { files } from './de/files'
import { keys } from './de/keys'
import { later } from './de/later'
import { moderation } from './de/moderation'
import { problems } from './de/problems'
import { push } from './de/push'
import { reacts } from './de/reacts'
import { search } from './de/search'
import { talk } from './de/talk'
import { when } from './de/when'
import { writing } from './de/writing'
import { reader } from './problems'

export default {
  tag: 'de',
  dir: 'ltr',
  words: { ...core, ...due, ...files, ...keys, ...later, ...moderation, ...push, ...reacts, ...search, ...talk, ...writing },
  problem: reader(problems),
  when,
} satisfies Language
