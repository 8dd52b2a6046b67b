// What every viewer that is drawn by script has: a stage, a bar of buttons, and a sentence for when there is nothing to see.

const told = Symbol.for('ouro.told')

/** A reason why a file cannot be drawn that its reader should know. */
export function unshown(reason: string): Error {
  return Object.assign(new Error(reason), { [told]: true })
}

export function settle(viewer: HTMLElement) {
  viewer.dataset.state = 'ready'
  part(viewer, 'note')?.setAttribute('hidden', '')
}

/** The note comes back with the reason; it holds the link to the file. */
export function sayFailed(viewer: HTMLElement, problem: unknown) {
  const isTold = problem instanceof Error && told in problem
  viewer.dataset.state = 'failed'
  part(viewer, 'stage')?.setAttribute('hidden', '')
  part(viewer, 'bar')?.setAttribute('hidden', '')
  const note = part(viewer, 'note')
  if (!note) return
  note.hidden = false
  part(note, 'what')!.textContent = isTold ? problem.message : note.dataset.failed ?? 'This file cannot be shown here.'
}

/** The element of a viewer that is marked <c>data-{name}</c>. */
export function part<T extends HTMLElement = HTMLElement>(within: HTMLElement, name: string): T | null {
  return within.querySelector<T>(`[data-${name}]`)
}

/** Shows the stage, and tells it. */
export function open(viewer: HTMLElement): HTMLElement {
  const stage = part(viewer, 'stage')!
  stage.hidden = false
  const bar = part(viewer, 'bar')
  if (bar) bar.hidden = false
  return stage
}

/** Does what the buttons of the bar say: each carries the name of an action in <c>data-do</c>. */
export function buttons(viewer: HTMLElement, actions: Record<string, () => void>) {
  for (const button of viewer.querySelectorAll<HTMLButtonElement>('button[data-do]'))
    button.addEventListener('click', () => actions[button.dataset.do!]?.())
}

/** The bytes of the file. One that is larger than usual is asked for first: whoever pays for the connection decides. */
export async function bytes(viewer: HTMLElement, most: number): Promise<ArrayBuffer> {
  if (Number(viewer.dataset.size) > most) await agreed(viewer)
  say(viewer, 'Loading …')
  const answer = await fetch(viewer.dataset.src!)
  if (!answer.ok) throw unshown(`The file did not come: the server answered ${answer.status}.`)
  return answer.arrayBuffer()
}

export function say(viewer: HTMLElement, words: string) {
  const what = part(viewer, 'what')
  if (what) what.textContent = words
}

function agreed(viewer: HTMLElement): Promise<void> {
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button small', textContent: 'Show it here' })
  say(viewer, 'This file is large. ')
  part(viewer, 'what')!.after(button)
  return new Promise(done => button.addEventListener('click', () => {
    button.remove()
    done()
  }))
}

/** A wheel over a drawing scrolls the page, unless the drawing was chosen: then it brings things nearer. */
export function wheelWhenChosen(stage: HTMLElement) {
  stage.addEventListener('pointerdown', () => stage.focus({ preventScroll: true }), true)
  stage.addEventListener('wheel', event => {
    if (!event.ctrlKey && document.activeElement !== stage) event.stopImmediatePropagation()
  }, true)
}

/** Whether anything can be drawn in three dimensions here; asked before, because a library would complain aloud. */
export function drawsInSpace(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null
}
