/** Left and right, where the page may go either way. */

export const isRightToLeft = (element: Element) => getComputedStyle(element).direction === 'rtl'

/** 1 for the arrow that points to where the text goes on, -1 for the other one; undefined for any other key. */
export function stepOf({ key, currentTarget }: KeyboardEvent): 1 | -1 | undefined {
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined
  return (key === 'ArrowRight') === isRightToLeft(currentTarget as Element) ? -1 : 1
}
