/** Words that are composed of several keys, as Japanese ones are. */

/** Whether the key belongs to a composition. Safari tells of the Enter that ends one after it has ended, as key 229. */
export const isComposing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229
